import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type ContentBlock, fromMessage, isBlock, type Outcome, type Plan, plan, text, toBlocks, toolCalls } from "../../src/index.ts";
import { begin } from "../begin.ts";
import { call, says } from "../builders.ts";

// Checked as the tests are compiled: a variant that is missing, or one too many, and this file does not compile.

type StopReason = NonNullable<Anthropic.Messages.Message["stop_reason"] | Anthropic.Beta.BetaMessage["stop_reason"]>;

/** Every stop reason of the SDK, with what it may lead to: the next step, or how a turn ends that takes none. */
const AFTER: { readonly [R in StopReason]: readonly [Plan["next"], Outcome["type"]] } = {
  end_turn: ["finish", "completed"],
  stop_sequence: ["finish", "stopped"],
  tool_use: ["answer-tools", "waiting"],
  pause_turn: ["resume", "limit"],
  compaction: ["resume", "limit"],
  max_tokens: ["continue", "truncated"],
  refusal: ["leave-out", "refused"],
  model_context_window_exceeded: ["make-room", "context-full"],
};

describe("the unions are closed, and the compiler holds a switch over them to every variant", () => {
  test.each(Object.entries(AFTER))("%s, which the SDK's types know, is a stop reason that core knows", (stop_reason, [next, outcome]) => {
    const content = stop_reason === "tool_use" ? [call("t1")] : [says("so far")];
    expect(plan({ content, stop_reason })).toMatchObject({ next, outcome: { type: outcome } });
  });

  test("what a plan carries is known behind its `next`", () => {
    function words(step: Plan): string {
      expectTypeOf(step.outcome).toEqualTypeOf<Outcome>();
      switch (step.next) {
        case "answer-tools":
          expectTypeOf(step.onlyResults).toEqualTypeOf<boolean>();
          return step.calls.map(({ id, name }) => `${name} ${id}`).join();
        case "continue":
          return step.prefill ? "as it is" : text(step.ask.content);
        case "ask-again":
          expectTypeOf(step.maxTokens).toEqualTypeOf<number | undefined>();
          return "again";
        case "finish":
        case "resume":
        case "leave-out":
        case "make-room":
        case "decide":
          return step.next;
        default:
          return step satisfies never;
      }
    }
    expect(words(plan({ content: [call("t1")], stop_reason: "tool_use" }))).toBe("look_up t1");

    function incomplete(step: Plan): string {
      switch (step.next) {
        case "answer-tools":
        case "continue":
        case "ask-again":
        case "finish":
        case "resume":
        case "leave-out":
        case "make-room":
          return step.next;
        default:
          // @ts-expect-error `decide` has no case
          return step satisfies never;
      }
    }
    expect(incomplete).toBeTypeOf("function");
  });

  test("what an outcome carries is known behind its `type`", () => {
    function words(outcome: Outcome): string {
      switch (outcome.type) {
        case "completed":
          return String(outcome.empty);
        case "stopped":
          return outcome.sequence ?? "";
        case "truncated":
          expectTypeOf(outcome.inside).toEqualTypeOf<"text" | "thinking" | "tool-call" | "other">();
          return outcome.inside;
        case "malformed":
          return outcome.message;
        case "refused":
          return outcome.leftOut.join();
        case "context-full":
          return outcome.remedy;
        case "waiting":
          return outcome.toolUseIds.join();
        case "limit":
          return outcome.limit;
        case "unknown":
          return outcome.stopReason;
        case "interrupted":
          return outcome.message;
        case "aborted":
          return "";
        case "failed":
          return outcome.failure.code;
        default:
          return outcome satisfies never;
      }
    }
    expect(words({ type: "unknown", stopReason: "later" })).toBe("later");
  });
});

describe("what the SDK gives goes in as it came, and what core gives the SDK takes", () => {
  const usage = { input_tokens: 1, output_tokens: 1 } as Anthropic.Messages.Usage;
  const message = { id: "msg_1", type: "message", role: "assistant", model: "m", stop_reason: "end_turn", stop_sequence: null, usage };
  const ga = { ...message, content: [{ type: "text", text: "Hello.", citations: null }] } as unknown as Anthropic.Messages.Message;
  const beta = ga as unknown as Anthropic.Beta.BetaMessage;
  const params: readonly [Anthropic.Messages.MessageParam, Anthropic.Beta.BetaMessageParam] = [
    { role: "user", content: "Hello?" },
    { role: "user", content: [{ type: "text", text: "Hello?" }] },
  ];

  test("a message of either endpoint is read, planned, recorded and taken apart", async () => {
    const { conversation } = await begin();
    for (const reply of [ga, beta]) {
      expect(text(reply)).toBe("Hello.");
      expect(text(reply.content)).toBe("Hello.");
      expect(toolCalls(toBlocks(reply.content))).toEqual([]);
      expect(plan(reply).next).toBe("finish");
      expect(fromMessage(reply).facts.whole).toBe(true);
      for (const { role, content } of params) if (content !== undefined) await conversation.append({ role, content });
      expect((await conversation.record(reply)).next).toBe("finish");
    }
    expect(text("Hello.")).toBe("Hello.");
  });

  test("a request is what `beta.messages.create` and `beta.messages.countTokens` take", async () => {
    const { conversation } = await begin();
    const { body } = await conversation.request();
    expectTypeOf(body).toExtend<Parameters<Anthropic["beta"]["messages"]["create"]>[0]>();
    expectTypeOf(body).toExtend<Anthropic.Beta.MessageCountTokensParams>();
    expect(body.messages).toEqual([]);
  });

  test("a block is any object with a type, and `isBlock` gives it the SDK's type of that name", () => {
    const block: ContentBlock = { type: "hologram", light: [1] };
    expect(isBlock(block, "text")).toBe(false);
    const said: ContentBlock = says("Hello.");
    if (isBlock(said, "text")) expectTypeOf(said.text).toEqualTypeOf<string>();
    // @ts-expect-error a block has a type
    const none: ContentBlock = { light: [1] };
    expect(none).not.toHaveProperty("type");
  });
});
