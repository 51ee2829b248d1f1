import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KEY } from "../../test/builders.ts";
import type { ContentBlock, Message } from "../messages/content-block.ts";
import { mergeMessages } from "../messages/merge.ts";
import { PrefixChain } from "./prefix-ledger.ts";

const MARK = { type: "ephemeral" };
const anyValue = fc.jsonValue({ maxDepth: 2 });
const anyBlock: fc.Arbitrary<ContentBlock> = fc.oneof(
  fc.record({ type: fc.constant("text"), text: fc.string() }),
  fc.record({
    type: fc.constant("tool_use"),
    id: fc.string({ maxLength: 3 }),
    name: fc.constant("n"),
    input: fc.dictionary(fc.constantFrom("a", "cache_control"), anyValue, { noNullPrototype: true }),
  }),
  fc.record({
    type: fc.constant("tool_result"),
    tool_use_id: fc.string({ maxLength: 3 }),
    content: fc.array(fc.record({ type: fc.constant("text"), text: fc.string({ maxLength: 3 }) }), { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant("hologram"), light: anyValue }),
);
const anyMessages: fc.Arbitrary<Message[]> = fc.array(
  fc.record({ role: fc.constantFrom("user" as const, "assistant" as const), content: fc.array(anyBlock, { maxLength: 3 }) }),
  { maxLength: 4 },
);

function hash(
  messages: readonly Message[],
  { key = KEY, system, tools }: { key?: string; system?: unknown; tools?: unknown } = {},
): string {
  const chain = PrefixChain.over(key, { system, tools } as never);
  for (const { role, content } of messages) chain.add(role, content);
  return chain.value;
}

const said = (messages: readonly Message[]) =>
  JSON.stringify(messages.flatMap(({ role, content }) => content.map((block) => [role, block])));
const marked = (messages: readonly Message[]): Message[] =>
  messages.map(({ role, content }) => ({
    role,
    content: content.map((block) => ({
      ...block,
      ...(Array.isArray(block.content) && { content: block.content.map((inner: object) => ({ ...inner, cache_control: MARK })) }),
      cache_control: MARK,
    })),
  }));

describe("the hash of a prefix", () => {
  test("is equal where the same is said, and only there", () => {
    fc.assert(
      fc.property(anyMessages, anyMessages, (one, other) => {
        expect(hash(one) === hash(other)).toBe(said(one) === said(other));
        expect(hash(one)).toBe(hash(JSON.parse(JSON.stringify(one)) as Message[]));
      }),
    );
  });

  test("does not tell how messages are merged, nor where cache marks stand", () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const inOrder = messages.map(({ role, content }) => ({ role, content: content.filter(({ type }) => type !== "tool_result") }));
        expect(hash(mergeMessages(inOrder))).toBe(hash(inOrder));
        expect(hash(marked(messages))).toBe(hash(messages));
      }),
    );
  });

  test("tells a difference that is named as a cache mark is, in what a tool is called with", () => {
    const calls = (cache_control: unknown): Message[] => [
      { role: "assistant", content: [{ type: "tool_use", id: "t", name: "n", input: { cache_control } }] },
    ];
    expect(hash(calls("1"))).not.toBe(hash(calls("2")));
  });

  test("tells who said it, in which order, behind which system prompt and tools, in which conversation", () => {
    const says = (role: Message["role"], text: string): Message => ({ role, content: [{ type: "text", text }] });
    const hashes = [
      hash([says("user", "a"), says("user", "b")]),
      hash([says("user", "b"), says("user", "a")]),
      hash([says("assistant", "a"), says("user", "b")]),
      hash([says("user", "ab")]),
      hash([says("user", "a"), says("user", "b")], { system: "Be brief." }),
      hash([says("user", "a"), says("user", "b")], { tools: [{ name: "t" }] }),
      hash([says("user", "a"), says("user", "b")], { tools: [{ name: "t", input_schema: { properties: { cache_control: {} } } }] }),
      hash([says("user", "a"), says("user", "b")], { tools: [{ name: "t", input_schema: { properties: {} } }] }),
      hash([says("user", "a"), says("user", "b")], { key: "0c".repeat(32) }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("leaves marks on system and tools out", () => {
    expect(hash([], { system: [{ type: "text", text: "a", cache_control: MARK }], tools: [{ name: "t", cache_control: MARK }] })).toBe(
      hash([], { system: [{ type: "text", text: "a" }], tools: [{ name: "t" }] }),
    );
  });

  test("is 32 hex digits that do not change from version to version", () => {
    expect(hash([{ role: "user", content: [{ type: "text", text: "Hello" }] }], { system: "Be brief." })).toMatchInlineSnapshot(
      `"84df582c311916a4417e7050cf545a05"`,
    );
  });
});
