import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { call, says, serverCall, serverResult, thought } from "../../test/builders.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import type { Outcome } from "./outcome.ts";
import { type Capabilities, plan, type Plan, planPart } from "./plan.ts";

const KNOWN = [
  "end_turn",
  "stop_sequence",
  "tool_use",
  "pause_turn",
  "compaction",
  "max_tokens",
  "refusal",
  "model_context_window_exceeded",
];
const ASK = { role: "user", content: "Please continue from where you left off." };
const after = (stop_reason: string | null, content: readonly ContentBlock[], can: Partial<Capabilities> = {}, more: object = {}) =>
  plan({ content, stop_reason, ...more }, can);

describe("after each stop reason", () => {
  test.each<[string, readonly ContentBlock[], Outcome]>([
    ["a text", [says("Hello.")], { type: "completed", empty: false }],
    ["nothing at all", [], { type: "completed", empty: true }],
    ["white space", [says(" \n")], { type: "completed", empty: true }],
    ["thinking alone", [thought("hm")], { type: "completed", empty: false }],
    ["a server tool's work alone", [serverCall("s1"), serverResult("s1")], { type: "completed", empty: false }],
  ])("end_turn with %s finishes", (_, content, outcome) => {
    expect(after("end_turn", content)).toEqual({ next: "finish", outcome });
  });

  test("stop_sequence finishes, with the sequence", () => {
    expect(after("stop_sequence", [says("a")], {}, { stop_sequence: "END" })).toEqual({
      next: "finish",
      outcome: { type: "stopped", sequence: "END" },
    });
    expect(after("stop_sequence", [says("a")])).toEqual({ next: "finish", outcome: { type: "stopped", sequence: null } });
  });

  test("tool_use asks for every client call's result, and for nothing else where a server tool waits", () => {
    const calls = [call("t1"), call("t2")];
    const outcome = { type: "waiting", toolUseIds: ["t1", "t2"] };
    expect(after("tool_use", [says("ok"), ...calls])).toEqual({ next: "answer-tools", calls, onlyResults: false, outcome });
    expect(after("tool_use", [serverCall("s1"), serverResult("s1"), ...calls])).toEqual({
      next: "answer-tools",
      calls,
      onlyResults: false,
      outcome,
    });
    expect(after("tool_use", [serverCall("s1"), ...calls])).toEqual({ next: "answer-tools", calls, onlyResults: true, outcome });
  });

  test("tool_use without a call is nothing that anybody knows", () => {
    expect(after("tool_use", [says("ok")])).toEqual({ next: "decide", outcome: { type: "unknown", stopReason: "tool_use" } });
  });

  test.each(["pause_turn", "compaction"])("%s resumes", (reason) => {
    expect(after(reason, [says("so far")])).toEqual({ next: "resume", outcome: { type: "limit", limit: "resumes", value: 0 } });
  });

  test("refusal leaves the reply out, with its category and explanation", () => {
    const details = { stop_details: { type: "refusal", category: "cyber", explanation: "No." } };
    expect(after("refusal", [says("I")], {}, details)).toEqual({
      next: "leave-out",
      outcome: { type: "refused", category: "cyber", explanation: "No.", leftOut: [] },
    });
    for (const stop_details of [undefined, null, {}, { category: 7, explanation: [] }]) {
      expect(after("refusal", [], {}, { stop_details })).toEqual({
        next: "leave-out",
        outcome: { type: "refused", category: null, explanation: null, leftOut: [] },
      });
    }
  });

  test("model_context_window_exceeded says what would make room", () => {
    expect(after("model_context_window_exceeded", [says("a")])).toEqual({
      next: "make-room",
      outcome: {
        type: "context-full",
        message: "The reply filled the model's context window.",
        remedy:
          "Make room with `window`, `clear` or `summarise`; or go on from an earlier entry, start a new conversation, or use a model with a larger window.",
      },
    });
  });

  test("no stop reason is a part, and nothing may be done by itself", () => {
    expect(after(null, [call("t1")])).toEqual({
      next: "decide",
      outcome: { type: "interrupted", reason: "ended-early", message: "The reply is a part: its stream ended before a stop reason came." },
    });
  });

  test("a reason nobody has heard of is unknown, whatever the reply holds", () => {
    const reasons = fc
      .oneof(fc.string(), fc.constantFrom("constructor", "__proto__", "END_TURN", "end_turn ", "toString"))
      .filter((reason) => !KNOWN.includes(reason));
    const contents = fc.subarray([says("text"), thought("hm"), call("t1"), serverCall("s1"), { type: "hologram" }]);
    fc.assert(
      fc.property(reasons, contents, (stopReason, content) => {
        expect(after(stopReason, content)).toEqual({ next: "decide", outcome: { type: "unknown", stopReason } });
      }),
    );
  });
});

describe("after max_tokens", () => {
  const can = { maxTokens: 1000 };

  test("in text the model is asked to go on", () => {
    expect(after("max_tokens", [says("a b")], can)).toEqual({
      next: "continue",
      ask: ASK,
      prefill: false,
      outcome: { type: "truncated", inside: "text" },
    });
  });

  test.each<[string, boolean, readonly ContentBlock[]]>([
    ["goes on by itself where the model takes that", true, [says("a b")]],
    ["is asked where the text ends in white space", false, [says("a b ")]],
    ["is asked where it has thought", false, [thought("hm"), says("a b")]],
  ])("in text a model with prefill %s", (_, prefill, content) => {
    expect(after("max_tokens", content, { ...can, prefill: true })).toMatchObject({ next: "continue", prefill });
  });

  test.each<[string, string, readonly ContentBlock[]]>([
    ["thinking", "thinking", [thought("hm")]],
    ["thinking that showed nothing", "thinking", []],
    ["thinking behind a text", "thinking", [says("a"), thought("hm")]],
    ["a call", "tool-call", [says("a"), call("t1")]],
    ["a server's call", "tool-call", [serverCall("s1")]],
    ["something unknown", "other", [{ type: "hologram" }]],
    ["a text of white space", "text", [says(" ")]],
  ])("in %s it is asked again with four times the tokens", (_, inside, content) => {
    expect(after("max_tokens", content, can)).toEqual({ next: "ask-again", maxTokens: 4000, outcome: { type: "truncated", inside } });
  });

  test("structured output is never continued", () => {
    expect(after("max_tokens", [says('{"a":')], { ...can, structured: true })).toMatchObject({ next: "ask-again" });
  });

  test("more tokens are asked for up to the model's cap, and none beyond it", () => {
    expect(after("max_tokens", [], { maxTokens: 1000, maxTokensCap: 1500 })).toMatchObject({ maxTokens: 1500 });
    expect(after("max_tokens", [], { maxTokens: 1500, maxTokensCap: 1500 })).toMatchObject({ maxTokens: undefined });
    expect(after("max_tokens", [])).toMatchObject({ maxTokens: undefined });
  });
});

describe("a stored part of a reply", () => {
  const facts = { model: "m", stopReason: null, whole: false };

  test("is gone on with behind its text", () => {
    expect(planPart({ content: [says("so f")], reply: facts })).toMatchObject({ next: "continue", ask: ASK, prefill: false });
  });

  test("of structured output is asked for again: half of it is no use", () => {
    const part = { content: [says('{"a":')], reply: facts };
    expect(planPart(part, { structured: true, maxTokens: 1000 })).toMatchObject({ next: "ask-again", maxTokens: 1000 });
  });

  test("is asked for again where nothing of it can be sent", () => {
    expect(planPart({ content: [thought("hm"), call("t1")], reply: facts })).toMatchObject({ next: "resume" });
  });
});

test("each plan says what comes next by one of eight names", () => {
  // Compiles only while this is every variant.
  const every: Record<Plan["next"], true> = {
    finish: true,
    "answer-tools": true,
    resume: true,
    continue: true,
    "ask-again": true,
    "leave-out": true,
    "make-room": true,
    decide: true,
  };
  expect(Object.keys(every)).toHaveLength(8);
});
