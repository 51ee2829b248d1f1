import type { Entry, MessageEntry } from "@antiphon/core";
import { expect, test } from "vitest";
import type { AnswerSpec } from "./answers.ts";
import { LAWS } from "./laws.ts";
import { type Program, runProgram } from "./program.ts";
import type { Part } from "./reply-parts.ts";
import type { Exchange, SentBody, Trace, TurnTrace } from "./trace.ts";

const reply = (...parts: readonly Part[]): AnswerSpec => ({ is: "reply", parts, stop: "by-content" });
const send = (...answers: readonly AnswerSpec[]) => ({ do: "send", answers, streaming: true, continuations: 0 }) as const;

/** A program in which every law has something to say. */
const PROGRAM: Program = {
  model: "claude-sonnet-5-5",
  steps: [
    send(reply("thinking", "text", "note"), reply("text")),
    { do: "append", what: "user", pick: 0 },
    send({ is: "reply", parts: ["text"], stop: "later_reason" }),
    { do: "update", what: "tools", pick: 1, accept: true },
    { do: "hold", parts: ["text"], atByte: 900, hangsMs: 0 },
    { do: "pass", ms: 250, forBoth: true },
    { do: "kill" },
    { do: "reopen" },
    send({ is: "reply", parts: ["text"], stop: "refusal" }),
    send(reply("text")),
  ],
};

test("a sound trace breaks no law, and all of it has happened", async () => {
  const trace = await runProgram(PROGRAM);
  for (const [name, judge] of Object.entries(LAWS)) expect(await judge(trace), name).toEqual([]);
  expect(turnsOf(trace, "send").map(({ outcome }) => outcome!.type)).toEqual(["completed", "unknown", "failed", "refused", "completed"]);
  expect(turnsOf(trace, "probe").length).toBeGreaterThan(3);
  expect(trace.projections).toHaveLength(PROGRAM.steps.length);
  expect(trace.boundaries.map(({ entry }) => entry.boundary.type)).toEqual(["settings", "left-out"]);
  expect(trace.boundaries[0]!.entry.bill.thinkingBlocks).toBe(1);
  expect([trace.runs.length, trace.written.size, trace.killed.map(({ seen }) => seen !== "")]).toEqual([1, 2, [true]]);
});

const FORGERIES: readonly (readonly [law: string, what: string, forge: (trace: Trace) => unknown])[] = [
  ["Law 1.", "a request that the server refused", (trace) => Object.assign(sent(trace)[0]!, { status: 400, spec: undefined })],
  ["Law 1.", "a message that core itself did not send", (trace) => Object.assign(turnsOf(trace, "send")[0]!, { outcome: unsent() })],
  ["Law 1.", "a place from which nobody can go on", (trace) => Object.assign(turnsOf(trace, "probe")[0]!, { outcome: unsent() })],
  ["Law 2.", "a changed entry", ({ changed }) => changed.push("x is now y")],
  ["Law 3.", "a block that is another in a later request", (trace) => forgeBlock(sent(trace)[1]!, 0)],
  ["Law 3.", "another system prompt", (trace) => Object.assign(sent(trace)[1]!.body, { system: "Forged." })],
  ["Law 3 and its price", "a bill that hides thinking", ({ boundaries }) => forgeBill(boundaries[0], { thinkingBlocks: 0 })],
  ["Law 3 and its price", "a bill that makes pairs up", ({ boundaries }) => forgeBill(boundaries[0], { toolPairs: 1 })],
  ["Law 3 and its price", "a bill for more than was cached", ({ boundaries }) => forgeBill(boundaries[0], { cachedTokens: 1e6 })],
  ["Law 3 in memory", "a handle with another memory", ({ projections }) => Object.assign(projections[2]!, { byHandle: "Forged." })],
  ["Law 4.", "a block that was never said", (trace) => forgeBlock(sent(trace)[1]!, 1)],
  ["Law 4.", "a block of a whole reply that is missing", (trace) => messages(sent(trace)[1]!.body)[1]!.content.pop()],
  ["Law 4.", "thinking that was needlessly left out", (trace) => messages(sent(trace)[1]!.body)[1]!.content.shift()],
  ["Law 4.", "a block of a refused reply that is sent", (trace) => (sent(trace)[1]!.path = sent(trace)[1]!.path.map(asRefused))],
  ["Law 5.", "an accepted message that is not stored", ({ accepted }) => accepted.set("nowhere", "Lost.")],
  ["Law 5.", "a message that is not sent", (trace) => messages(sent(trace)[1]!.body)[0]!.content.shift()],
  ["Law 5.", "a finished tool whose result is not stored", ({ runs }) => runs.push({ ...runs[0]!, id: "toolu_lost" })],
  ["Law 5.", "a reply that was seen and is gone", ({ killed }) => Object.assign(killed[0]!, { path: [] })],
  ["Law 6.", "a tool that ran twice", ({ runs }) => runs.push({ ...runs[0]! })],
  ["Law 6.", "a tool that ran unannounced", ({ runs }) => Object.assign(runs[0]!, { announced: false })],
  ["Law 6.", "a tool that ran for a part of a reply", ({ firstSeen }) => forgeReplies(firstSeen, { whole: false })],
  [
    "Law 6.",
    "a call that was started twice on a path",
    ({ paths }) => paths[0]!.entries.filter(isStart).map((entry) => push(paths[0]!, entry)),
  ],
  ["Law 7.", "an unknown reason that completed a turn", (trace) => forgeOutcome(trace, 1, { type: "completed", empty: false })],
  ["Law 7.", "an unknown reason under a known name", (trace) => forgeOutcome(trace, 1, { type: "stopped", sequence: null })],
  ["Law 7.", "an unknown reason under another unknown name", (trace) => forgeOutcome(trace, 1, { type: "unknown", stopReason: "x" })],
  ["Law 7.", "a turn that never ended", (trace) => delete turnsOf(trace, "send")[0]!.outcome],
  ["Law 8.", "a path with two entries in one place", ({ paths }) => push(paths[0]!, paths[0]!.entries.at(-1)!)],
  ["Law 8.", "a loser whose words are nowhere", ({ told }) => told.push({ code: "tip_moved", keptOnBranchId: "nowhere" })],
  ["Law 8.", "a whole reply that is nowhere", ({ firstSeen }) => forgeReplies(firstSeen, { requestId: "another" })],
  ["Law 10.", "a message of a person that nobody sent", ({ paths }) => push(paths[0]!, forged("user", "human"))],
  ["Law 10.", "a reply of the model that is none", ({ paths }) => push(paths[0]!, forged("assistant", "model"))],
  ["Law 10.", "words of a tool that are no result", ({ paths }) => push(paths[0]!, forged("user", "tool"))],
];

test.each(FORGERIES)("%s finds %s", async (law, _what, forge) => {
  const [, judge] = Object.entries(LAWS).find(([name]) => name.startsWith(law))!;
  const trace = await runProgram(PROGRAM);
  forge(trace);
  expect((await judge(trace)).length).toBeGreaterThan(0);
});

function turnsOf({ turns }: Trace, step: string): readonly TurnTrace[] {
  return turns.filter((turn) => turn.step === step);
}

function sent(trace: Trace): readonly Exchange[] {
  return trace.turns.flatMap(({ exchanges }) => exchanges);
}

function messages(body: SentBody) {
  return body.messages as { role: string; content: object[] }[];
}

function forgeBlock({ body }: Exchange, message: number): void {
  messages(body)[message]!.content[0] = { type: "text", text: "Forged." };
}

function forgeBill(boundary: Trace["boundaries"][number] | undefined, bill: object): void {
  Object.assign(boundary!, { entry: { ...boundary!.entry, bill: { ...boundary!.entry.bill, ...bill } } });
}

function forgeReplies(entries: Map<string, Entry>, facts: object): void {
  for (const [id, entry] of entries)
    if (entry.kind === "message" && entry.reply) entries.set(id, { ...entry, reply: { ...entry.reply, ...facts } });
}

function forgeOutcome(trace: Trace, at: number, outcome: object): void {
  Object.assign(turnsOf(trace, "send")[at]!, { outcome });
}

function unsent(): object {
  return { type: "failed", failure: { code: "invalid_request", message: "no", retryable: false } };
}

function forged(role: "user" | "assistant", origin: MessageEntry["origin"]): Entry {
  return { kind: "message", id: "forged", createdAt: 0, branchId: "b", seq: 1, role, origin, content: [{ type: "text", text: "Forged." }] };
}

function push(path: Trace["paths"][number], entry: Entry): void {
  (path.entries as Entry[]).push(entry);
}

function isStart({ kind }: Entry): boolean {
  return kind === "tool-start";
}

function asRefused(entry: Entry): Entry {
  return entry.kind === "message" && entry.reply ? { ...entry, reply: { ...entry.reply, stopReason: "refusal" } } : entry;
}
