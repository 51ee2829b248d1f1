import { expect, test } from "vitest";
import { LAWS } from "./laws.ts";
import { type Program, runProgram } from "./program.ts";

const reply = (parts: readonly string[], stop: string, fault?: object) => ({ is: "reply", parts, stop, ...(fault && { fault }) });
const send = (answer: object) => ({ do: "send", answers: [answer], streaming: true, continuations: 0 }) as const;
const MODEL = "claude-sonnet-5-5";

/** Programs that once broke a law, as small as they came, each by what was wrong. */
const FOUND: Readonly<Record<string, Program>> = {
  "an input whose reply was given up stood beside the next, apart, for a handle that remembered": {
    model: MODEL,
    steps: [
      { do: "fork", pick: 0, answers: [reply(["mcp-calling"], "by-content")] },
      send(reply([], "pause_turn")),
      { do: "append", what: "user", pick: 1 },
    ],
  },
  "a result that no call waits for was billed as half of a pair": {
    model: "claude-opus-5",
    steps: [{ do: "append", what: "late-result", pick: 34 }, send({ is: "error", what: "too-long" })],
  },
  "the thinking and the search of an answer that was asked for anew were billed to nobody": {
    model: MODEL,
    steps: [send(reply(["thinking", "search", "cited", "nobody"], "cut")), { do: "resume", answers: [reply(["text"], "by-content")] }],
  },
  "a bill was told for a call of a server that was given up, and not for the thinking behind it": {
    model: MODEL,
    steps: [{ do: "fork", pick: 0, answers: [reply(["mcp-calling", "thinking"], "by-content")] }],
  },
  "instructions that went to the top of another model's request took thinking with them, and the change of model was billed for it": {
    model: MODEL,
    steps: [
      { do: "append", what: "system", pick: 59 },
      { ...send(reply(["text", "cited", "mcp-listing", "thinking"], "later_reason")), prefill: false },
      { do: "update", what: "model", pick: 90, accept: true, swap: true },
    ],
  },
  "an instruction on a branch behind a reply that was asked for anew was not sent by the handle that remembered the old one": {
    model: "claude-opus-5",
    steps: [
      {
        do: "send",
        answers: [reply(["note", "text"], "by-content"), reply(["thinking", "note"], "by-content")],
        streaming: true,
        continuations: 2,
        abortAt: 5,
        prefill: true,
      },
      send(reply(["cited", "note", "mcp-listing", "fail"], "window")),
      { do: "update", what: "system", pick: 76, accept: true, swap: false },
      { do: "regenerate", answers: [reply([], "pause_turn")] },
    ],
  },
  "an instruction behind a reply of which nothing is sent was lost between what was settled and the next reply": {
    model: MODEL,
    steps: [
      {
        ...send(reply([], "by-content", { kind: "malformed-json", atByte: 36 })),
        answers: [reply([], "by-content", { kind: "malformed-json", atByte: 36 }), reply(["note", "mcp", "later-delta"], "cut")],
        crashAt: { writes: 6, lastIsDone: true },
        prefill: false,
      },
      { do: "append", what: "system", pick: 46 },
      {
        do: "resume",
        answers: [
          reply(["note", "cited", "thinking", "code", "empty"], "window"),
          reply(["safe"], "by-content"),
          reply([], "stop_sequence"),
        ],
      },
    ],
  },
  "thinking in front of a fallback was missed in what comes back": {
    model: "claude-sonnet-4-6",
    steps: [send(reply(["redacted", "fallback", "text", "thinking"], "by-content")), send(reply([], "null"))],
  },
  "a refusal named and billed an input that a summary already stood for": {
    model: "claude-opus-5",
    steps: [
      { do: "append", what: "user", pick: 72 },
      { do: "summarise", byApi: true, turns: 0, accept: true },
      { do: "resume", answers: [reply(["thinking", "note"], "refusal")] },
    ],
  },
  "a call that had started before a crash was missed among those that wait": {
    model: "claude-opus-5",
    steps: [
      {
        do: "send",
        answers: [reply(["note", "safe", "note", "asked", "safe"], "by-content")],
        streaming: true,
        continuations: 2,
        crashAt: { writes: 8, lastIsDone: true },
      },
      { do: "resume", answers: [] },
    ],
  },
  "a reply was no more whole where an error was told behind its stop reason": {
    model: "claude-sonnet-4-6",
    steps: [
      { do: "hold", parts: ["text"], atByte: 883, hangsMs: 250 },
      { do: "hold", parts: ["text", "note"], atByte: 873, hangsMs: 250 },
      {
        do: "edit",
        pick: 69,
        answers: [reply(["note", "mcp-listing", "nobody"], "by-content", { kind: "error-event", atByte: 2245 }), reply([], "by-content")],
      },
    ],
  },
  "a reply of the caller's own loop was recorded behind the part of another that it was not made behind": {
    model: "claude-sonnet-5-5",
    steps: [
      { do: "hold", parts: ["text"], atByte: 1153, hangsMs: 250 },
      {
        do: "send",
        answers: [
          reply(["note", "thinking"], "by-content"),
          reply(["fail", "denied", "safe", "text", "later-delta"], "stop_sequence", { kind: "malformed-json", atByte: 248 }),
        ],
        streaming: false,
        continuations: 2,
        crashAt: { writes: 5, lastIsDone: true },
        prefill: true,
      },
      { do: "record", answer: reply(["thinking"], "end_turn") },
    ],
  },
};

test.each(Object.entries(FOUND))("%s, and is so no more", async (_what, program) => {
  const trace = await runProgram(program);
  for (const [law, judge] of Object.entries(LAWS)) expect(await judge(trace), law).toEqual([]);
});
