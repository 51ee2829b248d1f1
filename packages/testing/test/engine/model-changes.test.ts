import { expect, test } from "vitest";
import { boundaries, goOn, practice, say, spoken } from "./practice.ts";

const reply = (said: string) => ({
  content: [
    { type: "thinking", thinking: `Thought of ${said}` },
    { type: "text", text: said },
  ],
});

test.each([
  ["that binds thinking", "claude-sonnet-4-6", "claude-sonnet-5-5", "assistant: One."],
  ["of another name that binds thinking", "claude-opus-5-5", "claude-sonnet-5-5", "assistant: One."],
  ["that does not bind thinking", "claude-sonnet-5-5", "claude-sonnet-4-6", "assistant: thinking | One."],
])(
  "behind a change to a model %s, what was thought before is sent if it still counts, and what is thought since is",
  async (_what, from, to, before) => {
    await using at = await practice();
    const conversation = await at.start({ model: from });
    at.server.script(reply("One."), reply("Two."), reply("Three."));
    await say(conversation, "First.");
    await conversation.update({ model: to }, { accept: true });
    expect(boundaries(conversation)).toEqual(["settings"]);
    await say(conversation, "Second.");
    await say(conversation, "Third.");
    const since = ["user: Second.", "assistant: thinking | Two.", "user: Third.", "assistant: thinking | Three.", "user: Go on."];
    expect(spoken(await goOn(at, conversation))).toEqual(["user: First.", before, ...since]);
  },
);

test("behind a swapped system prompt, thinking that was bound to the old one is not sent, and what is thought since is", async () => {
  await using at = await practice();
  const conversation = await at.start({ system: "Be brief." });
  at.server.script(reply("One."), reply("Two."));
  await say(conversation, "First.");
  await expect(conversation.update({ system: "Be long." }, { swap: true })).rejects.toMatchObject({
    code: "bill_not_accepted",
    details: { bill: { thinkingBlocks: 1 } },
  });
  await conversation.update({ system: "Be long." }, { swap: true, accept: true });
  await say(conversation, "Second.");
  expect(spoken(await goOn(at, conversation))).toEqual([
    "user: First.",
    "assistant: One.",
    "user: Second.",
    "assistant: thinking | Two.",
    "user: Go on.",
  ]);
});

test.each([
  ["which tools may be called", { tool_choice: { type: "none" as const } }],
  ["how the model thinks", { thinking: { type: "enabled" as const, budget_tokens: 1024 } }],
])("the bill of a change to %s says what the cache of the server then lacks", async (_what, change) => {
  await using at = await practice();
  const conversation = await at.start({ model: "claude-sonnet-4-6", tools: [{ name: "look", input_schema: { type: "object" } }] });
  at.server.script("One.", "Two.", "Three.");
  await say(conversation, "word ".repeat(5000));
  await say(conversation, "Second.");
  const free = await conversation.update({ max_tokens: 2000 });
  expect(free.cachedTokens).toBe(0);
  const bill = await conversation.update(change, { accept: true });
  const { usage } = await say(conversation, "Third.");
  expect(bill.cachedTokens).toBeGreaterThan(5000);
  expect(usage.cache_read_input_tokens).toBe(0);
});

test("a changed system prompt that is told in a message keeps what was thought, and what the server has cached", async () => {
  await using at = await practice();
  const conversation = await at.start({ system: "word ".repeat(5000) });
  at.server.script(reply("One."), reply("Two."));
  await say(conversation, "First.");
  expect(await conversation.update({ system: "Be long." })).toEqual({ thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 });
  const { usage } = await say(conversation, "Second.");
  expect(usage.cache_read_input_tokens).toBeGreaterThan(5000);
  expect(boundaries(conversation)).toEqual([]);
  const exchange = ["user: First.", "assistant: thinking | One.", "user: Second.", "system: Be long.", "assistant: thinking | Two."];
  expect(spoken(await goOn(at, conversation))).toEqual([...exchange, "user: Go on."]);
});
