import type { ContentBlock, Conversation } from "@antiphon/core";
import { describe, expect, test } from "vitest";
import { MODEL, practice, type PracticeOptions, replies, say } from "./practice.ts";

interface CacheCounts {
  readonly read: number;
  readonly written: number;
  readonly writtenForAnHour: number;
  readonly input: number;
}

/** What each reply of a conversation read from the cache and wrote to it, as the server's exact cache has it. */
function cacheCounts(conversation: Conversation): readonly CacheCounts[] {
  return replies(conversation).map(({ reply }) => {
    const usage = reply!.usage as Record<string, number> & { cache_creation: Record<string, number> };
    return {
      read: usage["cache_read_input_tokens"]!,
      written: usage["cache_creation_input_tokens"]!,
      writtenForAnHour: usage.cache_creation["ephemeral_1h_input_tokens"]!,
      input: usage["input_tokens"]!,
    };
  });
}

/** Law: each request but the first reads all that the one before it read or wrote. */
function expectAllReadBack(counts: readonly CacheCounts[]): void {
  expect(counts[0]!.written).toBeGreaterThan(0);
  for (const [at, { read }] of counts.entries())
    expect([at, read]).toEqual([at, at === 0 ? 0 : counts[at - 1]!.read + counts[at - 1]!.written]);
}

/** Caches every prefix, however short: what is tested is where the marks stand. */
const cached = (options: PracticeOptions = {}) => practice({ ...options, server: { cacheTokensMin: 0, ...options.server } });

const calls = (count: number): readonly ContentBlock[] =>
  Array.from({ length: count }, (_, at) => ({ type: "tool_use", id: `t${at}-${count}`, name: "look", input: { at } }));
const tools = [{ name: "look", input_schema: { type: "object" }, run: () => "a cat" }];

test("over a chat of 50 turns every request but the first reads what the one before it wrote", async () => {
  await using at = await cached();
  const conversation = await at.start({ system: "Be brief." });
  for (let turn = 1; turn <= 50; turn += 1) await say(conversation, `Question ${turn}: what comes next?`);
  const counts = cacheCounts(conversation);
  expect(counts).toHaveLength(50);
  expectAllReadBack(counts);
  // Nothing of the prompt but what opens the reply is paid in full.
  expect(new Set(counts.map(({ input }) => input))).toEqual(new Set([3]));
});

test.each([1, 19, 20, 21, 45])("also where a turn adds %i calls and their results at once, round after round", async (count) => {
  await using at = await cached({ tools });
  const conversation = await at.start();
  for (let turn = 0; turn < 3; turn += 1) {
    at.server.script({ content: calls(count) }, { content: calls(count + 1) });
    await say(conversation, "Look.");
  }
  const counts = cacheCounts(conversation);
  expect(counts).toHaveLength(9);
  expectAllReadBack(counts);
});

test("also behind replies that paused, were cut, or are asked for again on another branch", async () => {
  await using at = await cached();
  const conversation = await at.start({ model: MODEL });
  const cut = { content: "This breaks off.", faults: [{ kind: "cut", at: { beforeEvent: "message_delta" } }] } as const;
  await say(conversation, "One.");
  at.server.script({ content: "So far.", stop_reason: "pause_turn" });
  await say(conversation, "Two.");
  at.server.script(cut);
  await say(conversation, "Three.");
  await say(conversation, "Four.");
  expectAllReadBack(cacheCounts(conversation));
  const before = cacheCounts(conversation).at(-1)!;
  await (
    await conversation.regenerate()
  ).result;
  // The same request once more: all of it was written by the first.
  expect(cacheCounts(conversation).at(-1)).toMatchObject({ read: before.read + before.written, written: 0 });
});

test("for an hour where that is asked for, over gaps that five minutes do not outlive", async () => {
  for (const caching of ["1h", "5m"] as const) {
    let now = 0;
    await using at = await cached({ caching, server: { cacheTokensMin: 0, clock: () => now } });
    const conversation = await at.start();
    for (let turn = 0; turn < 4; turn += 1) {
      await say(conversation, `Question ${turn}`);
      now += 10 * 60_000;
    }
    const counts = cacheCounts(conversation);
    if (caching === "1h") expectAllReadBack(counts);
    else expect(counts.map(({ read }) => read)).toEqual([0, 0, 0, 0]);
    expect(counts.every(({ written, writtenForAnHour }) => writtenForAnHour === (caching === "1h" ? written : 0))).toBe(true);
  }
});

describe("the bill of what the engine has to leave out is what the next request then cannot read", () => {
  /** Says something more, and compares what it read with the bills that were stored since the last reply. */
  async function expectTrueBill(conversation: Conversation): Promise<number> {
    const before = cacheCounts(conversation).at(-1)!;
    const known = conversation.entries.length;
    await say(conversation, "Never mind.");
    const bills = conversation.entries.slice(known).flatMap((entry) => (entry.kind === "boundary" ? [entry.bill] : []));
    expect(bills.length).toBeGreaterThan(0);
    const lost = bills.reduce((sum, { cachedTokens }) => sum + cachedTokens, 0);
    expect(cacheCounts(conversation).at(-1)!.read).toBe(before.read + before.written - lost);
    return lost;
  }

  const thinking = (said: string) => ({
    content: [
      { type: "thinking", thinking: `Thought of ${said}` },
      { type: "text", text: said },
    ],
  });
  const refusal = (where: string) => {
    const message = `${where}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. Remove the block.`;
    return { error: { status: 400, message } };
  };

  test.each([
    ["messages.1.content.0", true],
    ["messages.3.content.0", true],
    ["messages.5.content.0", false],
  ])("thinking that the API refused at %s", async (where, isLoss) => {
    await using at = await cached();
    const conversation = await at.start({ system: "Be brief." });
    at.server.script(thinking("One."), thinking("Two."), thinking("Three."), refusal(where));
    for (const word of ["First.", "Second.", "Third."]) await say(conversation, word);
    expect((await expectTrueBill(conversation)) > 0).toBe(isLoss);
  });

  test.each([
    [1, false],
    [2, true],
  ])("a server tool call that nobody answers any more, after %i replies of its turn", async (count, isLoss) => {
    await using at = await cached();
    const conversation = await at.start({ tools: [{ type: "web_search_20250305", name: "web_search" }] });
    await say(conversation, "First.");
    const pending = [
      { type: "text", text: "Let me look." },
      { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "cats" } },
    ];
    const more = count === 2 ? [{ content: "Still looking.", stop_reason: "pause_turn" }] : [];
    at.server.script({ content: pending, stop_reason: "pause_turn" }, ...more, { error: { status: 529 } });
    await say(conversation, "Second.");
    expect((await expectTrueBill(conversation)) > 0).toBe(isLoss);
  });
});
