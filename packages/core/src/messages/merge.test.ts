import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ContentBlock, Message } from "./content-block.ts";
import { mergeMessages } from "./merge.ts";

const anyBlock: fc.Arbitrary<ContentBlock> = fc.record({
  type: fc.constantFrom("text", "tool_result", "tool_use", "thinking", "hologram"),
  id: fc.nat({ max: 9 }),
});
const anyMessages: fc.Arbitrary<Message[]> = fc.array(
  fc.record({ role: fc.constantFrom("user", "assistant", "system"), content: fc.array(anyBlock, { maxLength: 5 }) }),
  { maxLength: 12 },
);
const isResult = (block: ContentBlock) => block.type === "tool_result";
const blocksOf = (messages: readonly Message[]) => messages.flatMap((message) => message.content);
const law = (name: string, check: (messages: Message[]) => void) => test(name, () => fc.assert(fc.property(anyMessages, check)));

describe("merging", () => {
  law("merging twice is merging once, and the second time changes nothing, by identity", (messages) => {
    const once = mergeMessages(messages);
    const twice = mergeMessages(once);
    expect(twice).toHaveLength(once.length);
    twice.forEach((message, at) => expect(message).toBe(once[at]));
  });

  law("every block is kept, once, by identity", (messages) => {
    const before = blocksOf(messages);
    const after = blocksOf(mergeMessages(messages));
    expect(after).toHaveLength(before.length);
    expect(new Set(after)).toEqual(new Set(before));
    for (const block of before) expect(after.includes(block)).toBe(true);
  });

  law("no two neighbours have one role, system messages apart", (messages) => {
    const roles = mergeMessages(messages).map((message) => message.role);
    for (let at = 1; at < roles.length; at += 1) if (roles[at] !== "system") expect(roles[at]).not.toBe(roles[at - 1]);
  });

  law("in a user message no tool result stands behind anything else, and nothing else is reordered", (messages) => {
    for (const { role, content } of mergeMessages(messages)) {
      if (role !== "user") continue;
      const results = content.filter(isResult).length;
      expect(content.slice(0, results).every(isResult)).toBe(true);
    }
    const order = (all: readonly Message[], keep: (block: ContentBlock) => boolean) => blocksOf(all).filter(keep);
    expect(order(mergeMessages(messages), isResult)).toEqual(order(messages, isResult));
    expect(order(mergeMessages(messages), (block) => !isResult(block))).toEqual(order(messages, (block) => !isResult(block)));
  });

  law("the messages that came in are not changed", (messages) => {
    const before = JSON.stringify(messages);
    mergeMessages(messages);
    expect(JSON.stringify(messages)).toBe(before);
  });

  test("a message that needs nothing is the same object", () => {
    const messages: Message[] = [
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a" },
          { type: "text", text: "and?" },
        ],
      },
      { role: "assistant", content: [{ type: "text", text: "so" }] },
    ];
    expect(mergeMessages(messages)[0]).toBe(messages[0]);
    expect(mergeMessages(messages)[1]).toBe(messages[1]);
  });

  test("results that two user messages brought, with text between, come first in their order", () => {
    const user = (...types: string[]): Message => ({ role: "user", content: types.map((type) => ({ type })) });
    expect(mergeMessages([user("text", "tool_result"), user("image"), user("tool_result", "document")])).toEqual([
      user("tool_result", "tool_result", "text", "image", "document"),
    ]);
  });

  test("system messages stay apart, and what an assistant message holds stays in its order", () => {
    const messages: Message[] = [
      { role: "system", content: [{ type: "text" }] },
      { role: "system", content: [{ type: "tool_addition" }] },
      { role: "assistant", content: [{ type: "text" }, { type: "tool_result" }] },
    ];
    expect(mergeMessages(messages)).toEqual(messages);
  });

  test("each message is read a fixed number of times, however many there are", () => {
    const readsOf = (count: number) => {
      let reads = 0;
      const message = (): Message => ({
        role: "user",
        get content() {
          reads += 1;
          return [{ type: "text", text: "x" }];
        },
      });
      mergeMessages(Array.from({ length: count }, message));
      return reads;
    };
    expect(readsOf(2000)).toBe(2000);
  });
});
