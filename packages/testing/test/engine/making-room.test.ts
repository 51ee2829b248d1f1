import { antiphon, type Conversation, MemoryUsageLedger, type RunnableTool } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { boundaries, goOn, messagesOf, type Practice, practice, replies, say, spoken } from "./practice.ts";

const accept = { accept: true };
const long = (what: string) => `${what}: ${"so many words ".repeat(300)}`;
const look: RunnableTool = { name: "look", input_schema: { type: "object" }, run: () => long("found") };

/** A server that caches from the first token on, and a conversation with thinking and a round of tools in every turn. */
async function talked(turns: number, { rounds = true, tools = 1 } = {}) {
  const at = await practice({ tools: [look], server: { cacheTokensMin: 1 } });
  const conversation = await at.start({ system: "Be brief.", max_tokens: 20_000 });
  for (let n = 0; n < turns; n += 1) {
    const thinking = (part: string) => ({ type: "thinking", thinking: `Thought ${n} ${part}` });
    const calls = Array.from({ length: tools }, (_, call) => toolUse("look", {}, `toolu_${n}_${call}`));
    if (rounds) at.server.script({ content: [thinking("a"), ...calls] });
    at.server.script({ content: [thinking("b"), { type: "text", text: `Answer ${n}.` }] });
    await say(conversation, long(`Question ${n}`));
  }
  return { at, conversation, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

/** What the last request read from the cache or wrote to it, and what the next one reads. */
async function readBack(at: Practice, conversation: Conversation, change: () => Promise<{ cachedTokens: number }>) {
  const usageOf = () => replies(conversation).at(-1)!.reply!.usage as Record<string, number>;
  const { cache_read_input_tokens: read, cache_creation_input_tokens: written } = usageOf();
  const { cachedTokens } = await change();
  await goOn(at, conversation);
  return { had: read! + written!, lost: cachedTokens, read: usageOf()["cache_read_input_tokens"]! };
}

test.each<[string, (conversation: Conversation) => Promise<{ cachedTokens: number }>]>([
  ["a window", (conversation) => conversation.window({ keep: { turns: 2 } }, accept)],
  ["a summary", (conversation) => conversation.summarise({ by: () => "Much.", keep: { turns: 1 } }, accept)],
  ["the API's summary", (conversation) => conversation.summarise({ by: "api" }, accept)],
  ["a clearing of the last results", (conversation) => conversation.clear({ keep: 0 }, accept)],
  ["a clearing of old results, further back than the API looks", (conversation) => conversation.clear({ keep: 2 }, accept)],
  ["another system prompt at the top", (conversation) => conversation.update({ system: "Be long." }, { ...accept, swap: true })],
])("the cached tokens on a bill are those that the next request does not read back: %s", async (_, change) => {
  await using made = await talked(5, { tools: 4 });
  const { had, lost, read } = await readBack(made.at, made.conversation, () => change(made.conversation));
  expect(had).toBeGreaterThan(1000);
  // `system` may be read back all the same; how many of the tokens it has the API does not say.
  expect(Math.abs(had - lost - read)).toBeLessThan(10);
});

test("what stands in front of a clearing is read back, where a mark is near enough, and the bill knows", async () => {
  await using made = await talked(2);
  const { had, lost, read } = await readBack(made.at, made.conversation, () => made.conversation.clear({ keep: 1 }, accept));
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThan(had);
  expect(read).toBe(had - lost);
});

test("a window, a clearing, a summary by the API and their restorations: the server takes every request", async () => {
  await using made = await talked(5);
  const { at, conversation } = made;
  await conversation.clear({ keep: 2 }, accept);
  await goOn(at, conversation);
  await conversation.window({ keep: { turns: 3 } }, accept);
  await goOn(at, conversation);
  expect(await conversation.summarise({ by: "api", keep: { turns: 1 } }, accept)).toMatchObject({ toolPairs: 2 });
  const sent = await goOn(at, conversation);
  expect(sent[0]).toMatchObject({ role: "assistant", content: [{ type: "compaction", signature: expect.any(String) }] });
  expect(at.server.requests.at(-1)!.headers["anthropic-beta"]).toContain("compact-2026-09-04");
  await conversation.summarise({ by: "api" }, accept);
  await goOn(at, conversation);
  await conversation.summarise({ by: () => "All of it.", keep: { turns: 1 } }, accept);
  expect(spoken(await goOn(at, conversation))[0]).toContain("All of it.");
  for (const entry of conversation.entries.toReversed()) {
    if (entry.kind === "boundary" && entry.boundary.type !== "restored") await conversation.restore(entry.id, accept);
    if (entry.kind === "boundary") await goOn(at, conversation);
  }
  expect(spoken(messagesOf(at.server.requests.at(-1)!.body))[0]).toContain("user: Question 0");
  expect(at.server.requests.map(({ status }) => status)).not.toContain(400);
});

test("what the API's summary used is accounted for", async () => {
  await using made = await talked(2, { rounds: false });
  const { conversation } = made;
  const before = (await conversation.usage()).conversation.requests;
  await conversation.summarise({ by: "api" }, accept);
  expect((await conversation.usage()).conversation.requests).toBe(before + 1);
});

test("and so is one that came to nothing, where there is a ledger: it is billed all the same", async () => {
  const ledger = new MemoryUsageLedger();
  await using at = await practice({ ledger });
  const conversation = await at.start();
  await say(conversation, "Hello.");
  const usage = { iterations: [{ type: "compaction", input_tokens: 77, output_tokens: 5 }] };
  at.server.script({ content: [], stop_reason: "max_tokens", usage });
  await expect(conversation.summarise({ by: "api" }, accept)).rejects.toMatchObject({ code: "summary_failed" });
  const rows = await Array.fromAsync(ledger.read({ conversationId: conversation.id }));
  expect(rows).toMatchObject([{ end: "whole" }, { end: "nothing", outcome: "truncated", usage }]);
  expect((await conversation.usage()).conversation.requests).toBe(2);
});

test("a summary that the API refuses changes nothing", async () => {
  await using made = await talked(2, { rounds: false });
  const { at, conversation } = made;
  const before = conversation.entries.length;
  at.server.script(
    { content: [], stop_reason: "refusal" },
    { error: { status: 529, details: { error_code: "compaction_unavailable" } } },
    { content: [], stop_reason: "max_tokens" },
  );
  for (const said of [/refused/, /failed/, /cut off/])
    await expect(conversation.summarise({ by: "api" }, accept)).rejects.toMatchObject({
      code: "summary_failed",
      message: expect.stringMatching(said),
    });
  expect(conversation.entries).toHaveLength(before);
  await goOn(at, conversation);
});

test.each([true, false])("a compaction by the API itself, at its threshold, goes on and goes back (streaming: %s)", async (streaming) => {
  await using at = await practice();
  const conversation = await at.start({
    betas: ["compact-2026-01-12"],
    context_management: { edits: [{ type: "compact_20260112", pause_after_compaction: true }] },
  });
  const block = { type: "compaction", content: "We said hello.", encrypted_content: "sealed" };
  const failed = { type: "compaction", content: null, encrypted_content: null };
  at.server.script({ content: [block], stop_reason: "compaction" }, "And on.", {
    content: [failed, { type: "text", text: "Still here." }],
  });
  expect(await say(conversation, "Hello.", { streaming })).toMatchObject({ outcome: { type: "completed" }, text: "And on." });
  expect(await say(conversation, "And now?", { streaming })).toMatchObject({ outcome: { type: "completed" }, text: "Still here." });
  const sent = await goOn(at, conversation);
  expect(sent.flatMap(({ content }) => content.filter(({ type }) => type === "compaction"))).toEqual([block, failed]);
  // Without its settings the blocks are taken back all the same, under the beta that they need.
  await conversation.update({ betas: undefined, context_management: undefined }, accept);
  await goOn(at, conversation);
  expect(at.server.requests.at(-1)!.headers["anthropic-beta"]).toContain("compact-2026-01-12");
  await conversation.summarise({ by: "api" }, accept);
  await goOn(at, conversation);
  expect(boundaries(conversation)).toContain("compaction");
});

test("a count is the server's own, and the estimate lies within its margin", async () => {
  await using made = await talked(3);
  const { conversation, at } = made;
  const { client } = at;
  const counted = await conversation.countTokens();
  expect(counted).toMatchObject({ exact: true, margin: 0 });
  const withoutCount = { messages: { create: client.messages.create.bind(client.messages) } };
  const estimating = await antiphon({ client: withoutCount, store: at.store, environment: at.environment }).open(conversation.id);
  const { tokens, exact, margin } = await estimating.countTokens();
  expect(exact).toBe(false);
  expect(Math.abs(tokens - counted.tokens)).toBeLessThanOrEqual(margin + 10);
});
