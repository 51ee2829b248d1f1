import type { Failure, Outcome } from "@antiphon/core";
import { describe, expect, test } from "vitest";
import { cleanText, oneLine } from "./clean-text.ts";
import { outcomeExitCode } from "./outcome-exit-code.ts";
import type { OutcomeFacts } from "./outcome-facts.ts";
import { outcomeLine } from "./outcome-line.ts";

const facts: OutcomeFacts = {
  conversation: "3f2a9c1b",
  model: "claude-sonnet-5-5",
  maxTokens: 100,
  continuations: 0,
  baseUrl: "https://api.anthropic.com",
  accepted: true,
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
  [
    { type: "malformed", message: "No JSON" },
    0,
    5,
    /^The reply is whole, but not in the form that the conversation asks for: No JSON\. It is kept\./,
  ],
  [{ type: "refused", category: null, explanation: null, leftOut: [] }, 0, 5, /^The model refused\. The refused exchange/],
  [
    { type: "context-full", message: "Too long.", remedy: "Fork." },
    1,
    1,
    /^The conversation fills the model's context window\. What came is kept\. Start a new one: antiphon "/,
  ],
  [
    { type: "context-full", message: "prompt is too long: 9 tokens > 8 maximum", remedy: "Fork.", leftOut: ["x"] },
    1,
    1,
    /^Your message was too long for the model and is not sent again; it is kept \(prompt is too long: 9 tokens > 8 maximum\)\. Send a shorter one/,
  ],
  [{ type: "waiting", toolUseIds: ["toolu_1"] }, 1, 1, /tools that this program cannot run \(toolu_1\)\. They are/],
  [
    { type: "waiting", toolUseIds: ["toolu_1", "toolu_2"], toApprove: ["toolu_2"] },
    1,
    1,
    /cannot run \(toolu_1\) and tools that wait for an approval that this program cannot give \(toolu_2\)\. They are/,
  ],
  [{ type: "limit", limit: "rounds", value: 25 }, 1, 1, /25 rounds of tool calls/],
  [{ type: "limit", limit: "resumes", value: 10 }, 1, 1, /10 pauses in a row/],
  [{ type: "unknown", stopReason: "solar_flare" }, 1, 1, /"solar_flare"/],
  [{ type: "interrupted", reason: "silence", message: "x" }, 1, 1, /^The reply broke off: nothing came for too long\. What had come/],
  [{ type: "interrupted", reason: "ended-early", message: "x" }, 1, 1, /^The reply broke off before its end\. What had come is kept/],
  [{ type: "interrupted", reason: "bad-stream", message: "x" }, 1, 1, /^The reply broke off: what came next is not in the form/],
  [{ type: "interrupted", reason: "connection", message: "ECONNRESET" }, 1, 1, /the connection was lost: ECONNRESET\. What had come/],
  [{ type: "interrupted", reason: "server-error", message: "Overloaded" }, 1, 1, /the API failed: Overloaded\. What had come/],
  [{ type: "interrupted", reason: "cut-off", message: "x" }, 1, 1, /^The turn was cut off before its end\. What had come/],
  [{ type: "aborted" }, 130, 130, /^Stopped\. What had come is kept/],
  [failed({ status: 401, code: "authentication_error" }), 4, 4, /does not take the key: It broke\. Check ANTHROPIC_API_KEY/],
  [failed({ status: 403, code: "permission_error" }), 4, 4, /may not do this/],
  [failed({ status: 529, code: "overloaded_error" }), 1, 1, /API failed \(529\)/],
  [failed({ code: "connection_failed" }), 1, 1, /Nobody answers at https:\/\/api\.anthropic\.com/],
  [
    failed({ status: 404, code: "http_404", message: "404 <!DOCTYPE html><p>No" }),
    1,
    1,
    /^What answers at https:\/\/api\.anthropic\.com does not speak the Messages API \(status 404\)\. Check ANTHROPIC_BASE_URL\. What had/,
  ],
  [failed({ status: 502, code: "http_502", message: "502 <html>Bad gateway" }), 1, 1, /^The API failed \(502\)\. Try again later\./],
  [failed({ status: 401, code: "http_401", message: "401 <html>Log in" }), 4, 4, /^The API does not take the key\. Check/],
  [failed({ code: "not_the_api" }), 1, 1, /^What answers at https:\/\/api\.anthropic\.com does not speak the Messages API\. Check/],
  [
    failed({ code: "busy", message: "or fork" }),
    1,
    1,
    /^A turn is running in conversation 3f2a9c1b\. Nothing was stored\. Wait for it to end, then ask again\.$/,
  ],
  [
    failed({ code: "tip_moved", message: "or fork" }),
    1,
    1,
    /^Another process went on .* is kept apart from it\. .*: antiphon show 3f2a9c1b$/,
  ],
  [failed({ code: "lease_lost", message: "fencing" }), 1, 1, /^Another process took over conversation 3f2a9c1b.*go on: antiphon -r/],
  [
    failed({
      code: "connection_failed",
      message:
        "Connection error.: fetch failed: self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca",
    }),
    1,
    1,
    /^No secure connection to https:\/\/api\.anthropic\.com: self-signed certificate\. Check .*NODE_EXTRA_CA_CERTS/,
  ],
];

describe("how a turn ended", () => {
  test.each(TABLE)("%o has its exit code and an honest line", (outcome, code, strict, line) => {
    expect([outcomeExitCode(outcome, false), outcomeExitCode(outcome, true)]).toEqual([code, strict]);
    if (line === undefined) expect(outcomeLine(outcome, facts)).toBeUndefined();
    else expect(outcomeLine(outcome, facts)).toMatch(line);
  });

  test("in the chat nobody is told to type a command", () => {
    for (const [outcome] of TABLE) {
      const line = outcomeLine(outcome, { ...facts, inChat: true }) ?? "";
      expect(line.replace(/: antiphon show 3f2a9c1b$/, "")).not.toContain("antiphon ");
    }
  });

  test("nobody is told of what only a program can do", () => {
    for (const [outcome] of TABLE)
      for (const accepted of [true, false])
        expect(outcomeLine(outcome, { ...facts, accepted }) ?? "").not.toMatch(/fork|entry|fencing|[<>]html/i);
  });

  test("of a reply that never began it is said who cannot have made it", () => {
    for (const reason of ["ended-early", "bad-stream"] as const)
      expect(outcomeLine({ type: "interrupted", reason, message: "x" }, { ...facts, partStored: false })).toMatch(
        /^What answers at https:\/\/api\.anthropic\.com does not speak the Messages API: .* Check ANTHROPIC_BASE_URL\. Your message is kept/,
      );
  });

  test("a message that another process came before was not stored, and is there again in the chat", () => {
    const outcome = failed({ code: "tip_moved" });
    expect(outcomeLine(outcome, { ...facts, accepted: false })).toMatch(
      /was not stored\. See what was said there, then ask again: antiphon show/,
    );
    expect(outcomeLine(outcome, { ...facts, accepted: false, inChat: true })).toMatch(/What was said there follows; Enter sends/);
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
