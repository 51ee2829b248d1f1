import { BetaMessageStream } from "@anthropic-ai/sdk/lib/BetaMessageStream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyEvents, anyKnownEvents, delta, end, messageDelta, start, startBlock, stopBlock, wire } from "../../test/stream-events.ts";
import { isAntiphonError } from "../errors.ts";
import { ReplyFold, type StreamEvent } from "./fold.ts";

const TOOL = { type: "tool_use", id: "toolu_1", name: "weather", input: {} };
const TEXT = { type: "text", text: "" };
const json = (index: number, partial_json: string) => delta(index, { type: "input_json_delta", partial_json });
const says = (index: number, text: string) => delta(index, { type: "text_delta", text });

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
        const unnamed = events.filter((event, at) => event.type === "content_block_delta" && changes[at]!.type === "block-delta") as ReturnType<typeof delta>[];
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

describe("the facts of a stream", () => {
  test("a stop reason makes a reply whole, even without message_stop; a stop without a reason does not", () => {
    expect(fold().state).toBe("empty");
    expect(fold(start()).state).toBe("open");
    const cut = fold(start(), messageDelta("a reason of tomorrow"));
    expect([cut.state, cut.reply().facts.whole, cut.reply().facts.stopReason]).toEqual(["delta", true, "a reason of tomorrow"]);
    const reasonless = fold(start(), { type: "message_stop" });
    expect([reasonless.state, reasonless.reply().facts.whole]).toEqual(["stopped", false]);
    expect(fold(start(), messageDelta(null)).state).toBe("open");
    expect(fold(start(), messageDelta("end_turn"), messageDelta(null)).reply().facts.stopReason).toBe("end_turn");
  });

  test("counters replace the ones before, null says nothing, and a counter of tomorrow is kept", () => {
    const usage = { input_tokens: 5, output_tokens: 20, cache_read_input_tokens: null, dream_tokens: 2 };
    const started = start({ usage: { input_tokens: 3, output_tokens: 1, cache_read_input_tokens: 8 } });
    expect(fold(started, messageDelta("end_turn", { usage })).reply().facts.usage).toEqual({
      input_tokens: 5,
      output_tokens: 20,
      cache_read_input_tokens: 8,
      dream_tokens: 2,
    });
  });

  test("fields without a place of their own are kept, wherever in the stream they stand", () => {
    const late = wire({
      type: "message_delta",
      delta: { stop_reason: "end_turn", container: { id: "container_1" }, mood: "calm" },
      context_management: { applied_edits: [] },
    });
    const { facts } = fold(start({ container: null, diagnostics: { cache_miss_reason: null } }), late).reply();
    expect(facts.extra).toEqual({
      container: { id: "container_1" },
      diagnostics: { cache_miss_reason: null },
      mood: "calm",
      context_management: { applied_edits: [] },
    });
    expect(facts.responseId).toBe("msg_1");
  });

  test("after a fallback the model is the one that took over", () => {
    const fallback = { type: "fallback", from: { model: "claude-fable-5" }, to: { model: "claude-opus-4-8" } };
    expect(fold(start({ model: "claude-fable-5" }), startBlock(0, fallback)).reply().facts.model).toBe("claude-opus-4-8");
  });
});

describe("a tool input", () => {
  test("is parsed once however many pieces bring it, at the end of its block", () => {
    const input = { text: "x".repeat(5000) };
    const pieces = JSON.stringify(input).split("").map((character) => json(0, character));
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

describe("a stream that breaks the protocol", () => {
  const opened = [start(), startBlock(0, TEXT)];
  test.each<[string, StreamEvent[], string]>([
    ["a second reply in it", [...opened, start()], "two replies"],
    ["a second reply behind the first", [start(), ...end(), start()], "two replies"],
    ["a block before the message", [startBlock(0, TEXT)], "content_block_start came before message_start"],
    ["a stop reason before the message", [messageDelta()], "message_delta came before message_start"],
    ["a message that is none", [wire({ type: "message_start", message: 7 })], "without a message"],
    ["a delta for no block", [...opened, says(1, "a")], "a delta came for block 1, which is not open"],
    ["a delta for a block that ended", [...opened, stopBlock(0), says(0, "a")], "a delta came for block 0, which is not open"],
    ["a delta that is none", [...opened, wire({ type: "content_block_delta", index: 0, delta: null })], "a delta without a type came for block 0"],
    ["a block twice", [...opened, startBlock(0, TEXT)], "block 0 started where block 1 was due"],
    ["a block left out", [...opened, startBlock(2, TEXT)], "block 2 started where block 1 was due"],
    ["a block that is none", [start(), wire({ type: "content_block_start", index: 0 })], "block 0 started without a type"],
    ["an end of no block", [start(), stopBlock(0)], "block 0 stopped, which is not open"],
    ["a block after the end", [start(), ...end(), startBlock(0, TEXT)], "content_block_start came after message_stop"],
    ["an error event", [...opened, wire({ type: "error", error: { type: "overloaded_error" } })], "overloaded_error"],
  ])("is an error with one clear line: %s", (_, events, line) => {
    const made = fold(...events.slice(0, -1));
    const before = made.reply();
    let thrown: unknown;
    try {
      made.push(events.at(-1)!);
    } catch (error) {
      thrown = error;
    }
    expect(isAntiphonError(thrown, "bad_stream")).toBe(true);
    expect((thrown as Error).message).toContain(line);
    expect((thrown as Error).message).not.toContain("\n");
    expect(made.reply()).toEqual(before);
  });
});
