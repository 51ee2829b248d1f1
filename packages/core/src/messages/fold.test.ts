import { BetaMessageStream } from "@anthropic-ai/sdk/lib/BetaMessageStream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyEvents, anyKnownEvents, delta, end, messageDelta, says, start, startBlock, stopBlock } from "../../test/stream-events.ts";
import { ReplyFold, type StreamEvent } from "./fold.ts";

const TOOL = { type: "tool_use", id: "toolu_1", name: "weather", input: {} };
const TEXT = { type: "text", text: "" };
const json = (index: number, partial_json: string) => delta(index, { type: "input_json_delta", partial_json });

function fold(...events: StreamEvent[]): ReplyFold {
  const made = new ReplyFold();
  for (const event of events) made.push(event);
  return made;
}

describe("a fold", () => {
  test("makes of any stream of known blocks what the SDK makes of it", async () => {
    await fc.assert(
      fc.asyncProperty(anyKnownEvents, async (events) => {
        const lines = events.map((event) => `${JSON.stringify(event)}\n`);
        const final = await BetaMessageStream.fromReadableStream(new Blob(lines).stream()).finalMessage();
        const { content, facts } = fold(...events).reply();
        expect(content).toEqual(final.content);
        expect([facts.stopReason, facts.usage, facts.model]).toEqual([final.stop_reason, final.usage, final.model]);
      }),
    );
  });

  test("takes any stream of unknown things, changes no event, and only ever grows", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const before = JSON.stringify(events);
        const made = new ReplyFold();
        const seen: string[] = [];
        for (const event of events) {
          made.push(event);
          const { content, completeBlocks } = made.reply();
          seen.forEach((block, at) => expect(JSON.stringify(content[at])).toBe(block));
          seen.splice(0, seen.length, ...content.slice(0, completeBlocks).map((block) => JSON.stringify(block)));
        }
        expect(JSON.stringify(events)).toBe(before);
      }),
    );
  });

  test("loses no delta: each changed its block or is kept raw, in order", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const made = new ReplyFold();
        const changes = events.map((event) => made.push(event));
        const raw = Object.values(made.reply().rawDeltas ?? {}).flat();
        const unnamed = events.filter(
          (event, at) => event.type === "content_block_delta" && changes[at]!.type === "block-delta",
        ) as ReturnType<typeof delta>[];
        const assigned = ["signature_delta", "compaction_delta"];
        expect(raw.filter((kept) => !assigned.includes((kept as { type: string }).type))).toEqual(
          unnamed.map((event) => event.delta).filter(({ type }) => !assigned.includes(type)),
        );
      }),
    );
  });

  test("a reply read in the middle does not change afterwards", () => {
    const cited = (title: string) => delta(0, { type: "citations_delta", citation: { title } });
    const made = fold(start(), startBlock(0, { ...TEXT, citations: null }), says(0, "a"), cited("1"));
    const early = made.reply();
    made.push(says(0, "b"));
    made.push(cited("2"));
    expect(early.content).toEqual([{ type: "text", text: "a", citations: [{ title: "1" }] }]);
    expect(made.reply().content).toEqual([{ type: "text", text: "ab", citations: [{ title: "1" }, { title: "2" }] }]);
  });

  test("says of each event what it added", () => {
    const made = new ReplyFold();
    const thinking = { type: "thinking", thinking: "", signature: "" };
    const events = [
      start(),
      startBlock(0, thinking),
      delta(0, { type: "thinking_delta", thinking: "hm" }),
      delta(0, { type: "signature_delta", signature: "sig" }),
      stopBlock(0),
      { type: "ping" },
      startBlock(1, TEXT),
      says(1, "Hi"),
      delta(1, { type: "citations_delta", citation: { cited_text: "x" } }),
      delta(1, { type: "hologram_delta" }),
      startBlock(2, TOOL),
      json(2, "{}"),
      ...end("tool_use"),
    ];
    expect(events.map((event) => made.push(event))).toEqual([
      { type: "facts" },
      { type: "block-start", index: 0, block: thinking },
      { type: "thinking-delta", index: 0, thinking: "hm" },
      { type: "block-delta", index: 0 },
      { type: "block-stop", index: 0, block: { type: "thinking", thinking: "hm", signature: "sig" } },
      { type: "nothing" },
      { type: "block-start", index: 1, block: TEXT },
      { type: "text-delta", index: 1, text: "Hi" },
      { type: "citation-delta", index: 1, citation: { cited_text: "x" } },
      { type: "block-delta", index: 1 },
      { type: "block-start", index: 2, block: TOOL },
      { type: "tool-input-delta", index: 2, json: "{}" },
      { type: "facts" },
      { type: "facts" },
    ]);
    expect(made.reply().rawDeltas).toEqual({ 1: [{ type: "hologram_delta" }] });
  });

  test("reads each delta a fixed number of times, however long the block has grown", () => {
    const readsOf = (count: number) => {
      let reads = 0;
      const piece = {
        type: "text_delta",
        get text() {
          reads += 1;
          return "ab";
        },
      };
      const made = fold(start(), startBlock(0, TEXT), ...Array.from({ length: count }, () => delta(0, piece)), stopBlock(0));
      expect(made.reply().content).toEqual([{ type: "text", text: "ab".repeat(count) }]);
      return reads;
    };
    expect(readsOf(1000)).toBe(10 * readsOf(100));
  });

  test("counts the blocks that ended, and gives an ended block as one object", () => {
    const made = fold(start(), startBlock(0, TEXT), stopBlock(0), startBlock(1, TEXT), says(1, "a"));
    expect(made.reply().completeBlocks).toBe(1);
    expect(made.reply().content[0]).toBe(made.reply().content[0]);
  });

  test("does not count a block that ended while one before it is open", () => {
    const made = fold(start(), startBlock(0, TEXT), startBlock(1, TEXT), says(1, "b"), says(0, "a"), stopBlock(1));
    expect(made.reply().completeBlocks).toBe(0);
    made.push(stopBlock(0));
    expect(made.reply()).toMatchObject({ completeBlocks: 2, content: [{ text: "a" }, { text: "b" }] });
  });

  test("takes blocks that stand in message_start as whole, and counts on from there", () => {
    const made = fold(start({ content: [{ type: "text", text: "a" }] }), startBlock(1, TEXT), says(1, "b"));
    expect(made.reply()).toMatchObject({ completeBlocks: 1, content: [{ text: "a" }, { text: "b" }] });
  });

  test("keeps a delta raw that the SDK would not apply to this type of block either", () => {
    const result = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
    const compaction = { type: "compaction_delta", content: "x", encrypted_content: null };
    const { content, rawDeltas } = fold(start(), startBlock(0, result), delta(0, compaction)).reply();
    expect(content).toEqual([result]);
    expect(rawDeltas).toEqual({ 0: [compaction] });
  });
});

describe("a block of an unknown type", () => {
  const hologram = { type: "hologram", text: "", deep: [{ a: null }] };

  test("is kept whole, with the text that known deltas bring to a field it has", () => {
    const { content, rawDeltas } = fold(start(), startBlock(0, hologram), says(0, "a"), says(0, "b"), stopBlock(0)).reply();
    expect(content).toEqual([{ ...hologram, text: "ab" }]);
    expect(rawDeltas).toBeUndefined();
  });

  test("stays as it came where a delta has no field to go to, and the delta is kept raw", () => {
    const { content, rawDeltas } = fold(start(), startBlock(0, hologram), json(0, "{}"), stopBlock(0)).reply();
    expect(JSON.stringify(content)).toBe(JSON.stringify([hologram]));
    expect(rawDeltas).toEqual({ 0: [{ type: "input_json_delta", partial_json: "{}" }] });
  });
});

describe("a tool input", () => {
  test("is parsed once however many pieces bring it, at the end of its block", () => {
    const input = { text: "x".repeat(5000) };
    const pieces = JSON.stringify(input)
      .split("")
      .map((character) => json(0, character));
    const parse = JSON.parse;
    let parses = 0;
    try {
      JSON.parse = (...args) => ((parses += 1), parse(...args));
      const made = fold(start(), startBlock(0, TOOL), ...pieces);
      expect(parses).toBe(0);
      made.push(stopBlock(0));
      expect(made.reply().content).toEqual([{ ...TOOL, input }]);
    } finally {
      JSON.parse = parse;
    }
    expect(parses).toBe(1);
  });

  test("keeps its place among the keys of its block, and the order of its own", () => {
    const block = { type: "tool_use", id: "toolu_1", input: {}, name: "weather" };
    const { content } = fold(start(), startBlock(0, block), json(0, '{"b":1,'), json(0, '"a":2.50}'), stopBlock(0)).reply();
    expect(JSON.stringify(content[0])).toBe('{"type":"tool_use","id":"toolu_1","input":{"b":1,"a":2.5},"name":"weather"}');
  });

  test("that was cut is never made up: the block stays as it began, the text is kept", () => {
    for (const ending of [[], [messageDelta("max_tokens")], end("max_tokens"), [stopBlock(0), ...end("max_tokens")]]) {
      const reply = fold(start(), startBlock(0, TOOL), json(0, '{"city":"Os'), ...ending).reply();
      expect(reply.content).toEqual([TOOL]);
      expect(reply.partialInputs).toEqual({ 0: '{"city":"Os' });
    }
  });

  test("that has not begun is no part of anything", () => {
    expect(fold(start(), startBlock(0, TOOL), json(0, "")).reply().partialInputs).toBeUndefined();
  });

  test("that is whole when the message stops is taken, though its block never stopped", () => {
    const reply = fold(start(), startBlock(0, TOOL), json(0, '{"city":"Oslo"}'), ...end("tool_use")).reply();
    expect(reply.content).toEqual([{ ...TOOL, input: { city: "Oslo" } }]);
    expect(reply.partialInputs).toBeUndefined();
  });
});
