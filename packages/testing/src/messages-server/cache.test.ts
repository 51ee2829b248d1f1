import { expect, test } from "vitest";
import { PromptCache } from "./cache.ts";
import { readPrompt } from "./prompt.ts";
import type { Block, MessagesBody } from "./wire.ts";

const MINUTE = 60_000;
const FIVE_MINUTES = { type: "ephemeral" };
const HOUR = { type: "ephemeral", ttl: "1h" };

/** A text block of so many tokens, no two letters alike. */
const block = (tokens: number, letter: string, cache_control?: object): Block => ({
  type: "text",
  text: letter.repeat(tokens * 4),
  ...(cache_control && { cache_control }),
});
const user = (...content: Block[]) => ({ role: "user", content });
const assistant = (...content: Block[]) => ({ role: "assistant", content });

/** A cache on a clock that is set by hand. Each use gives [read, written for 5 minutes, written for an hour, uncached]. */
function cacheAt(minimumTokens = 1_024) {
  let now = 0;
  const cache = new PromptCache(() => now);
  return {
    wait: (ms: number) => void (now += ms),
    use(fields: Partial<MessagesBody>): readonly number[] {
      const body = { model: "m", max_tokens: 1, messages: [], ...fields };
      const prompt = readPrompt(body);
      const { read, written5m, written1h } = cache.use({ model: body.model, body, prompt, minimumTokens });
      return [read, written5m, written1h, prompt.tokens - read - written5m - written1h];
    },
  };
}

// Each turn costs 3 tokens more, and the opening of the reply 3: a lone block of 2,000 is 2,003 up to its mark, and 2,006 in all.

test("nothing is cached without a mark", () => {
  const cache = cacheAt();
  const request = { messages: [user(block(2_000, "a"))] };
  expect(cache.use(request)).toEqual([0, 0, 0, 2_006]);
  expect(cache.use(request)).toEqual([0, 0, 0, 2_006]);
});

test("a marked prefix is written once and then read, and the opening of the reply is never cached", () => {
  const cache = cacheAt();
  const request = { messages: [user(block(2_000, "a", FIVE_MINUTES))] };
  expect(cache.use(request)).toEqual([0, 2_003, 0, 3]);
  expect(cache.use(request)).toEqual([2_003, 0, 0, 3]);
});

test("what was read is not in what is written, and what stands behind the last mark is neither", () => {
  const cache = cacheAt();
  cache.use({ messages: [user(block(2_000, "a", FIVE_MINUTES))] });
  const next = { messages: [user(block(2_000, "a")), assistant(block(100, "b")), user(block(50, "c", FIVE_MINUTES), block(10, "d"))] };
  expect(cache.use(next)).toEqual([2_003, 100 + 3 + 50 + 3, 0, 10 + 3]);
});

test("a prefix below the minimum is neither written nor read, and just at it is", () => {
  const below = { messages: [user(block(1_020, "a", FIVE_MINUTES))] };
  const at = { messages: [user(block(1_021, "a", FIVE_MINUTES))] };
  const cache = cacheAt(1_024);
  expect([cache.use(below), cache.use(below)]).toEqual([
    [0, 0, 0, 1_026],
    [0, 0, 0, 1_026],
  ]);
  expect([cache.use(at), cache.use(at)]).toEqual([
    [0, 1_024, 0, 3],
    [1_024, 0, 0, 3],
  ]);
});

test("an entry lives five minutes from its last use", () => {
  const cache = cacheAt();
  const request = { messages: [user(block(2_000, "a", FIVE_MINUTES))] };
  cache.use(request);
  cache.wait(5 * MINUTE - 1);
  expect(cache.use(request)).toEqual([2_003, 0, 0, 3]);
  cache.wait(5 * MINUTE - 1);
  expect(cache.use(request)).toEqual([2_003, 0, 0, 3]);
  cache.wait(5 * MINUTE);
  expect(cache.use(request)).toEqual([0, 2_003, 0, 3]);
});

test("an entry of an hour lives an hour from its last use, and is counted by itself", () => {
  const cache = cacheAt();
  const request = { messages: [user(block(2_000, "a", HOUR))] };
  expect(cache.use(request)).toEqual([0, 0, 2_003, 3]);
  cache.wait(60 * MINUTE - 1);
  expect(cache.use(request)).toEqual([2_003, 0, 0, 3]);
  cache.wait(60 * MINUTE);
  expect(cache.use(request)).toEqual([0, 0, 2_003, 3]);
});

test("an entry that is found by looking back is renewed by it", () => {
  const cache = cacheAt();
  const entry = { messages: [user(block(2_000, "a", FIVE_MINUTES))] };
  cache.use(entry);
  cache.wait(4 * MINUTE);
  cache.use({ messages: [user(block(2_000, "a"), block(1, "b", FIVE_MINUTES))] });
  cache.wait(4 * MINUTE);
  expect(cache.use(entry)).toEqual([2_003, 0, 0, 3]);
});

test("an entry of an hour stays one when it is read at a mark of five minutes", () => {
  const cache = cacheAt();
  cache.use({ messages: [user(block(2_000, "a", HOUR))] });
  const request = { messages: [user(block(2_000, "a", FIVE_MINUTES))] };
  cache.use(request);
  cache.wait(59 * MINUTE);
  expect(cache.use(request)).toEqual([2_003, 0, 0, 3]);
});

test("marks of both durations in one request are billed apart, and the short one is forgotten first", () => {
  const cache = cacheAt();
  const request = { system: [block(2_000, "s", HOUR)], messages: [user(block(500, "a", FIVE_MINUTES))] };
  expect(cache.use(request)).toEqual([0, 503, 2_000, 3]);
  cache.wait(6 * MINUTE);
  expect(cache.use(request)).toEqual([2_000, 503, 0, 3]);
});

test("twenty positions are looked at from a mark, its own the first", () => {
  const added = (count: number) => Array.from({ length: count }, (_, at) => block(1, "b", at === count - 1 ? FIVE_MINUTES : undefined));
  for (const [blocks, read] of [
    [19, 2_003],
    [20, 0],
  ] as const) {
    const cache = cacheAt();
    cache.use({ messages: [user(block(2_000, "a", FIVE_MINUTES))] });
    expect(cache.use({ messages: [user(block(2_000, "a"), ...added(blocks))] })[0]).toBe(read);
  }
});

test("a second mark where the last request ended reads what is too far from the new one", () => {
  const cache = cacheAt();
  const before = block(2_000, "a", FIVE_MINUTES);
  cache.use({ messages: [user(before)] });
  const added = Array.from({ length: 30 }, (_, at) => block(1, "b", at === 29 ? FIVE_MINUTES : undefined));
  expect(cache.use({ messages: [user(before, ...added)] })).toEqual([2_003, 30, 0, 3]);
});

test("entries stand at marks only: the block before one is not an entry", () => {
  const cache = cacheAt();
  cache.use({ messages: [user(block(2_000, "a"), block(1, "b", FIVE_MINUTES))] });
  expect(cache.use({ messages: [user(block(2_000, "a", FIVE_MINUTES))] })).toEqual([0, 2_003, 0, 3]);
});

test("all four marks are written, and each can be read by a request that ends there", () => {
  const cache = cacheAt(10);
  const tools = [{ type: "custom", name: "look", input_schema: { type: "object" }, cache_control: FIVE_MINUTES }];
  const request = {
    tools,
    system: [block(20, "s", FIVE_MINUTES)],
    messages: [user(block(30, "a", FIVE_MINUTES), block(40, "b", FIVE_MINUTES))],
  };
  const [, written] = cache.use(request);
  const toolTokens = written! - 20 - 33 - 40;
  expect(toolTokens).toBe(16); // {"type":"custom","name":"look","input_schema":{"type":"object"}}: 63 bytes
  expect(cache.use({ tools })).toEqual([toolTokens, 0, 0, 3]);
  expect(cache.use({ tools, system: request.system })).toEqual([toolTokens + 20, 0, 0, 3]);
  expect(cache.use({ ...request, messages: [user(block(30, "a", FIVE_MINUTES))] })).toEqual([toolTokens + 20 + 33, 0, 0, 3]);
});

test("the chain goes from tools to system to messages: what changes in one is lost behind it", () => {
  const tool = (name: string) => [
    { type: "custom", name, input_schema: { type: "object", title: "t".repeat(8_000) }, cache_control: FIVE_MINUTES },
  ];
  const request = { tools: tool("look"), system: [block(2_000, "s", FIVE_MINUTES)], messages: [user(block(2_000, "a", FIVE_MINUTES))] };
  const cache = cacheAt();
  const total = cache.use(request)[1]!;
  const toolTokens = total - 4_003;
  expect(cache.use({ ...request, system: [block(2_000, "t", FIVE_MINUTES)] })).toEqual([toolTokens, 4_003, 0, 3]);
  expect(cache.use({ ...request, tools: tool("seek") })).toEqual([0, total, 0, 3]);
  expect(cache.use({ ...request, tool_choice: { type: "none" } })).toEqual([toolTokens + 2_000, 2_003, 0, 3]);
  expect(cache.use({ ...request, thinking: { type: "disabled" } })).toEqual([toolTokens + 2_000, 2_003, 0, 3]);
});

test("models share nothing", () => {
  const cache = cacheAt();
  const request = { messages: [user(block(2_000, "a", FIVE_MINUTES))] };
  cache.use(request);
  expect(cache.use({ ...request, model: "other" })).toEqual([0, 2_003, 0, 3]);
});

test("marks, a string for one block, null fields and the split of one role into messages leave no trace in the hash", () => {
  const cache = cacheAt();
  cache.use({ system: "s".repeat(8_000), messages: [user(block(1, "a")), user(block(2, "b", FIVE_MINUTES))] });
  const same = { system: [block(2_000, "s", HOUR)], messages: [user({ ...block(1, "a"), citations: null }, block(2, "b", FIVE_MINUTES))] };
  expect(cache.use(same)).toEqual([2_006, 0, 0, 3]);
});

test("the order of keys inside a tool's input is part of the prompt", () => {
  const call = (input: object) => assistant({ type: "tool_use", id: "toolu_1", name: "look", input });
  const request = (input: object) => ({ messages: [user(block(2_000, "a")), call(input), user(block(1, "b", FIVE_MINUTES))] });
  const cache = cacheAt();
  cache.use(request({ a: 1, b: 2 }));
  expect(cache.use(request({ a: 1, b: 2 }))[0]).toBeGreaterThan(2_000);
  expect(cache.use(request({ b: 2, a: 1 }))[0]).toBe(0);
});

test("automatic caching marks the last block that can be cached", () => {
  const cache = cacheAt();
  const request = {
    cache_control: FIVE_MINUTES,
    messages: [user(block(2_000, "a")), assistant({ type: "thinking", thinking: "Hm.", signature: "s" })],
  };
  expect(cache.use(request)).toEqual([0, 2_003, 0, 1 + 3 + 3]);
  expect(cache.use({ cache_control: HOUR, messages: [user(block(3_000, "z"))] })).toEqual([0, 0, 3_003, 3]);
});

test("a moving mark over a conversation reads each turn what the turn before wrote", () => {
  const cache = cacheAt();
  const messages = [user(block(2_000, "a"))];
  let cached = 0;
  for (let turn = 0; turn < 5; turn += 1) {
    const [read, written] = cache.use({ cache_control: FIVE_MINUTES, messages: [...messages] });
    expect([read, written]).toEqual(turn === 0 ? [0, 2_003] : [cached, 350 + 150 + 6]);
    cached = read! + written!;
    messages.push(assistant(block(350, "r")), user(block(150, "u")));
    cache.wait(4 * MINUTE);
  }
});
