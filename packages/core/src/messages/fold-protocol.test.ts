import { describe, expect, test } from "vitest";
import { end, messageDelta, says, start, startBlock, stopBlock, wire } from "../../test/stream-events.ts";
import { isAntiphonError } from "../errors.ts";
import { ReplyFold, type StreamEvent } from "./fold.ts";

const TEXT = { type: "text", text: "" };

function fold(...events: StreamEvent[]): ReplyFold {
  const made = new ReplyFold();
  for (const event of events) made.push(event);
  return made;
}

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

  test("an error that is told behind the stop reason changes nothing: the reply was whole", () => {
    const overloaded = wire({ type: "error", error: { type: "overloaded_error" } });
    const whole = fold(start(), messageDelta("end_turn"));
    expect(fold(start(), messageDelta("end_turn"), overloaded).reply()).toEqual(whole.reply());
    expect(fold(start(), ...end(), overloaded).state).toBe("stopped");
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
    [
      "a delta that is none",
      [...opened, wire({ type: "content_block_delta", index: 0, delta: null })],
      "a delta without a type came for block 0",
    ],
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
