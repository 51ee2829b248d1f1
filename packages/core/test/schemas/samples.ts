import type { Boundary, EntryBody, EntryKind } from "../../src/conversation/entry.ts";
import { answer, boundary, human, reply, says, settings, settingsOf, toolStart } from "../builders.ts";

/** One of each, with every field that it can have. A new kind or boundary is a compile error here until it has a sample. */
export const BODIES: { readonly [K in EntryKind]: Extract<EntryBody, { kind: K }> } = {
  message: {
    ...reply(["It counts.", { type: "hologram", light: [null] }]),
    author: "ada",
    externalId: "17",
    format: { type: "json_schema", schema: { type: "object" } },
    setting: "system",
    reply: {
      model: "m",
      stopReason: null,
      stopSequence: null,
      stopDetails: { type: "refusal" },
      usage: { input_tokens: 1, server_tool_use: null },
      responseId: "msg_1",
      requestId: "req_1",
      whole: false,
      prefixHash: "ff",
      partialInputs: { 1: '{"a": ' },
      rawDeltas: { 0: [{ type: "hologram_delta" }] },
      extra: { container: { id: "c" } },
    },
  },
  settings: settings({
    system: [{ type: "text", text: "Be brief." }],
    tools: [{ name: "look", input_schema: { type: "object" } }],
  }) as Extract<EntryBody, { kind: "settings" }>,
  boundary: boundary({ type: "erase", entryIds: ["e1"] }) as Extract<EntryBody, { kind: "boundary" }>,
  "tool-start": toolStart("toolu_1") as Extract<EntryBody, { kind: "tool-start" }>,
  approval: { kind: "approval", toolUseId: "toolu_1", verdict: "deny", reason: "not today" },
};

export const BOUNDARIES: { readonly [T in Boundary["type"]]: Extract<Boundary, { type: T }> } = {
  settings: { type: "settings", settings: settingsOf({ system: "Be long." }) },
  "left-out": { type: "left-out", entryIds: ["e1", "e2"], reason: "refusal" },
  superseded: { type: "superseded", entryId: "e1", content: [says("other words")] },
  compaction: {
    type: "compaction",
    throughEntryId: "e2",
    content: [{ type: "compaction", content: "So far: much." }],
    reply: { model: "m", stopReason: "compaction", whole: true, usage: { input_tokens: 0 }, responseId: "msg_2", extra: { id: "c" } },
  },
  clear: { type: "clear", toolUseIds: ["toolu_1"], throughEntryId: "e2" },
  window: { type: "window", fromEntryId: "e3" },
  restored: { type: "restored", boundaryId: "e4" },
  erase: { type: "erase", entryIds: ["e1"] },
};

/** Every body of the tables, and a few more that the engine makes. */
export const ALL_BODIES: readonly EntryBody[] = [
  ...Object.values(BODIES),
  ...Object.values(BOUNDARIES).map(boundary),
  { kind: "approval", toolUseId: "toolu_1", verdict: "ask" },
  { kind: "approval", toolUseId: "toolu_1", verdict: "allow" },
  human("What does enumerate do?"),
  answer("toolu_1", [says("nothing")]),
];
