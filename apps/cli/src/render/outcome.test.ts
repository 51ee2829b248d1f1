import type { Failure, Outcome } from "@antiphon/core";
import { describe, expect, test } from "vitest";
import { cleanText, oneLine } from "./clean-text.ts";
import { outcomeExitCode } from "./outcome-exit-code.ts";
import { outcomeLine, type OutcomeFacts } from "./outcome-line.ts";

const facts: OutcomeFacts = {
  conversation: "3f2a9c1b",
  model: "claude-sonnet-5-5",
  maxTokens: 100,
  continuations: 0,
  baseUrl: "https://api.anthropic.com",
  partStored: true,
  inChat: false,
};

const failed = (failure: Partial<Failure>): Outcome => ({
  type: "failed",
  failure: { code: "x", message: "It broke", retryable: false, ...failure },
});

/** Each outcome, its exit code, the same with --strict, and a part of its line. */
const TABLE: readonly [Outcome, number, number, RegExp | undefined][] = [
  [{ type: "completed", empty: false }, 0, 0, undefined],
  [{ type: "completed", empty: true }, 0, 0, /reply is empty/],
  [{ type: "stopped", sequence: "END" }, 0, 0, /stop sequence "END"/],
  [
    { type: "truncated", inside: "text" },
    0,
    5,
    /cut off at 100 tokens\. What came is kept\. Give more with --max-tokens, or go on: antiphon -r 3f2a9c1b "go on"/,
  ],
  [{ type: "truncated", inside: "thinking" }, 0, 5, /while the model was still thinking/],
  [{ type: "truncated", inside: "tool-call" }, 0, 5, /inside a tool call/],
  [{ type: "refused", category: null, explanation: null, leftOut: [] }, 0, 5, /^The model refused\. The refused exchange/],
  [{ type: "context-full", message: "Too long.", remedy: "Make room." }, 1, 1, /^Too long\. Make room\.$/],
  [{ type: "waiting", toolUseIds: ["toolu_1"] }, 1, 1, /tools that this program cannot run \(toolu_1\)/],
  [{ type: "limit", limit: "rounds", value: 25 }, 1, 1, /25 rounds of tool calls/],
  [{ type: "limit", limit: "resumes", value: 10 }, 1, 1, /10 pauses in a row/],
  [{ type: "unknown", stopReason: "solar_flare" }, 1, 1, /"solar_flare"/],
  [
    { type: "interrupted", reason: "silence", message: "No byte came." },
    1,
    1,
    /broke off \(silence\): No byte came\. What had come is kept/,
  ],
  [{ type: "aborted" }, 130, 130, /^Stopped\. What had come is kept/],
  [failed({ status: 401, code: "authentication_error" }), 4, 4, /does not take the key: It broke\. Check ANTHROPIC_API_KEY/],
  [failed({ status: 403, code: "permission_error" }), 4, 4, /may not do this/],
  [failed({ status: 529, code: "overloaded_error" }), 1, 1, /API failed \(529\)/],
  [failed({ code: "connection_failed" }), 1, 1, /Nobody answers at https:\/\/api\.anthropic\.com/],
  [failed({ code: "busy", message: "A turn is running." }), 1, 1, /^A turn is running\.$/],
];

describe("how a turn ended", () => {
  test.each(TABLE)("%o has its exit code and an honest line", (outcome, code, strict, line) => {
    expect([outcomeExitCode(outcome, false), outcomeExitCode(outcome, true)]).toEqual([code, strict]);
    if (line === undefined) expect(outcomeLine(outcome, facts)).toBeUndefined();
    else expect(outcomeLine(outcome, facts)).toMatch(line);
  });

  test("in the chat nobody is told to type a command", () => {
    for (const [outcome] of TABLE) expect(outcomeLine(outcome, { ...facts, inChat: true }) ?? "").not.toContain("antiphon -r");
  });

  test("nothing is said to be kept of a reply of which nothing came", () => {
    expect(outcomeLine({ type: "aborted" }, { ...facts, partStored: false })).toBe(
      'Stopped. Your message is kept in conversation 3f2a9c1b; go on: antiphon -r 3f2a9c1b "go on"',
    );
  });
});

test("what a terminal would obey is shown instead, piece by piece as in the whole", () => {
  const text = "a\x1b]0;title\x07b\x1b[2J\u009b1m\r\n\tc\x7f";
  expect(cleanText(text)).toBe("a␛]0;title␇b␛[2J\ufffd1m\n\tc␡");
  expect(Array.from(text.split(""), cleanText).join("")).toBe(cleanText(text));
});

test("what turns the direction of text, or cannot be seen, is left out; emoji stay whole", () => {
  expect(cleanText("a\u202egnp.exe\u202c\u2066b\u2069\u{e0041}\u{e007f}")).toBe("agnp.exeb");
  expect(cleanText("👩‍👩‍👧 🏳️‍🌈 שלום é")).toBe("👩‍👩‍👧 🏳️‍🌈 שלום é");
  expect(oneLine("\u202ea")).toBe("a");
});

test("one line is one line, cut between characters", () => {
  expect(oneLine(" a\n b\tc ")).toBe("a b c");
  expect(oneLine("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 2)).toBe("👩‍👩‍👧…");
});
