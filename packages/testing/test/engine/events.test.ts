import type { MessageEntry, Outcome, RunnableTool, Turn, TurnEvent } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { practice } from "./practice.ts";

/** What a front end knows that hears the events and nothing else. */
interface Heard {
  readonly text: string;
  readonly entryIds: readonly string[];
  readonly outcome: Outcome | undefined;
}

async function hear(turn: Turn): Promise<Heard> {
  let heard: Heard & { goesOn?: boolean } = { text: "", entryIds: [], outcome: undefined };
  for await (const event of turn) heard = add(heard, event);
  const { text, entryIds, outcome } = heard;
  return { text, entryIds, outcome };
}

function add(heard: Heard & { goesOn?: boolean }, event: TurnEvent): Heard & { goesOn?: boolean } {
  const entryIds = "entryId" in event && event.entryId !== undefined ? [...heard.entryIds, event.entryId] : heard.entryIds;
  switch (event.type) {
    case "prefill-start":
      return { ...heard, entryIds, text: event.text, goesOn: true };
    case "input-stored":
      return { ...heard, entryIds: [...entryIds, ...(event.movedIds ?? [])] };
    case "request-start":
      return { ...heard, text: heard.goesOn ? heard.text : "", goesOn: false };
    case "continuation-start":
      return { ...heard, entryIds, goesOn: true };
    case "reply-discarded":
      return heard;
    case "text-delta":
      return { ...heard, text: heard.text + event.text };
    case "turn-end":
      return { ...heard, outcome: event.outcome };
    default:
      return { ...heard, entryIds };
  }
}

const clock: RunnableTool = { name: "clock", input_schema: { type: "object" }, run: () => "noon" };
const dead = { content: "Never.", faults: [{ kind: "cut" as const, at: { afterEvents: 1 } }] };

test.each([
  ["a plain reply", ["Hello."], "completed"],
  [
    "tools, behind a retry",
    [dead, { content: [{ type: "text", text: "Let me look." }, toolUse("clock", {}), toolUse("nobody", {})] }, "Noon."],
    "completed",
  ],
  ["a reply that is continued", [{ content: "One two three and ", stop_reason: "max_tokens" }, "four."], "completed"],
  [
    "a reply that is asked for again",
    [{ content: [{ type: "thinking", thinking: "One two three four five." }], cutAtTokens: 3 }, "There."],
    "completed",
  ],
  ["a refusal", [{ content: "I", stop_reason: "refusal" }], "refused"],
  [
    "a reply that is cut",
    [{ content: "Half of it, and more.", faults: [{ kind: "cut" as const, at: { afterEvents: 5 } }] }],
    "interrupted",
  ],
  ["a failure", [{ error: { status: 400, message: "no luck" } }], "failed"],
])("whoever hears the events of a turn with %s knows its text, its entries in order and its outcome", async (_, script, ending) => {
  await using at = await practice({ tools: [clock], limits: { continuations: 2 } });
  const conversation = await at.start();
  const before = conversation.entries.length;
  at.server.script(...script);
  const turn = conversation.send("Begin.");
  const heard = await hear(turn);
  const { text, outcome } = await turn.result;
  const stored = conversation.entries.slice(before).filter((entry): entry is MessageEntry => entry.kind === "message");
  expect(heard).toEqual({ text, outcome, entryIds: stored.map(({ id }) => id) });
  expect(heard.outcome!.type).toBe(ending);
});

test("also of a turn that finds what another left behind", async () => {
  await using at = await practice({ tools: [clock] });
  const conversation = await at.start({ tools: [{ name: "elsewhere", input_schema: { type: "object" } }] });
  at.server.script({ content: [toolUse("elsewhere", {}, "toolu_1")] }, "I see.");
  await conversation.send("Begin.").result;
  const before = conversation.entries.length;
  const turn = conversation.send("Never mind.");
  const heard = await hear(turn);
  const stored = conversation.entries.slice(before).filter(({ kind }) => kind === "message");
  expect(stored).toHaveLength(3);
  expect(heard.entryIds).toEqual(stored.map(({ id }) => id));
});

test("also of a turn whose reply goes on from a prefill, and is then asked for again", async () => {
  await using at = await practice({ limits: { continuations: 1 } });
  const conversation = await at.start({ model: "claude-haiku-4-5", tools: [{ name: "look", input_schema: { type: "object" } }] });
  at.server.script({ content: [toolUse("look", { at: "the parrot, and for long" })], cutAtTokens: 3 }, " upon a time.");
  const turn = conversation.send("Begin.", { prefill: "Once" });
  const heard = await hear(turn);
  const stored = conversation.entries.filter((entry): entry is MessageEntry => entry.kind === "message");
  expect(heard).toMatchObject({ text: "Once upon a time.", outcome: { type: "completed" } });
  expect(new Set(heard.entryIds)).toEqual(new Set(stored.map(({ id }) => id)));
  expect((await turn.result).text).toBe(heard.text);
});

test("also of a turn that says an instruction again, which had been sent without a reply", async () => {
  await using at = await practice();
  const conversation = await at.start({ system: "Be brief." });
  at.server.script("One.", { error: { status: 400, message: "no luck" } }, "Three.");
  await conversation.send("First.").result;
  await conversation.update({ system: "Be long." });
  await conversation.send("Second.").result;
  const before = conversation.entries.length;
  const { entryIds, outcome } = await hear(conversation.send("Third."));
  const stored = conversation.entries.slice(before).filter(({ kind }) => kind === "message");
  expect(stored).toHaveLength(3);
  expect(entryIds).toEqual(stored.map(({ id }) => id));
  expect(outcome).toEqual({ type: "completed", empty: false });
});
