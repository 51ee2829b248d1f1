import type { Entry } from "@antiphon/core";
import { startMessagesServer } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import {
  appendOnly,
  type Judge,
  noDoubleEffect,
  noSilentEnding,
  nothingLost,
  passThrough,
  prefixStable,
  provenance,
  sendable,
} from "./judge.ts";
import type { AnswerSpec, Program } from "./program.ts";
import { runProgram } from "./run-program.ts";
import type { Trace } from "./trace.ts";

const reply = (...parts: (AnswerSpec & { is: "reply" })["parts"][number][]): AnswerSpec => ({ is: "reply", parts, stop: "by-content" });
const send = (...answers: AnswerSpec[]) => ({ do: "send", answers, streaming: true, continuations: 0 }) as const;

/** A program in which every law has something to say. */
const PROGRAM: Program = {
  model: "claude-sonnet-5-5",
  steps: [
    send(reply("thinking", "text", "note"), reply("text")),
    { do: "append", what: "user", pick: 0 },
    send({ is: "reply", parts: ["text"], stop: "later_reason" }),
    send(reply("text")),
  ],
};

const JUDGES = { sendable, appendOnly, prefixStable, passThrough, nothingLost, noDoubleEffect, noSilentEnding, provenance };

async function traceOf(program: Program): Promise<Trace> {
  await using server = await startMessagesServer({ seed: "judge" });
  return await runProgram(program, server);
}

test("a sound trace breaks no law, and all of it has happened", async () => {
  const trace = await traceOf(PROGRAM);
  for (const [name, judge] of Object.entries(JUDGES)) expect(judge(trace), name).toEqual([]);
  expect(trace.turns.filter(({ step }) => step === "send").map(({ outcome }) => outcome.type)).toEqual([
    "completed",
    "unknown",
    "completed",
  ]);
  expect(trace.turns.filter(({ step }) => step === "probe").length).toBeGreaterThan(3);
  expect([trace.runs.length, trace.written.size]).toEqual([1, 1]);
});

const FORGERIES: readonly (readonly [keyof typeof JUDGES, string, (trace: Trace) => void])[] = [
  [
    "sendable",
    "a request that the server refused",
    ({ turns }) =>
      turns.push({
        step: "probe",
        says: true,
        stored: [],
        outcome: { type: "failed", failure: { status: 400, code: "invalid_request_error", message: "no", retryable: false } },
      }),
  ],
  [
    "sendable",
    "a message that core itself did not send",
    ({ turns }) =>
      turns.push({
        step: "send",
        says: true,
        stored: [],
        outcome: { type: "failed", failure: { code: "invalid_request", message: "no", retryable: false } },
      }),
  ],
  ["appendOnly", "a changed entry", ({ changed }) => changed.push("x is now y")],
  [
    "prefixStable",
    "a block that is another in a later request",
    ({ sent }) => forge(sent[1]!.body.messages[0]!.content, { type: "text", text: "Forged." }),
  ],
  ["prefixStable", "another system prompt", ({ sent }) => Object.assign(sent[1]!.body, { system: "Forged." })],
  [
    "passThrough",
    "a block that was never said",
    ({ sent }) => forge(sent[1]!.body.messages[1]!.content, { type: "text", text: "Forged." }),
  ],
  ["passThrough", "a block of a whole reply that is missing", ({ sent }) => (sent[1]!.body.messages[1]!.content as unknown[]).pop()],
  ["passThrough", "a block of a refused reply that is sent", ({ sent }) => (sent[1] = { ...sent[1]!, path: sent[1]!.path.map(asRefused) })],
  ["nothingLost", "an accepted message that is not stored", ({ accepted }) => accepted.set("nowhere", "Lost.")],
  [
    "nothingLost",
    "a finished tool whose result is not stored",
    ({ runs }) => runs.push({ id: "toolu_lost", branchId: "b", turn: 0, announced: true, finished: true }),
  ],
  ["noDoubleEffect", "a tool that ran twice", ({ runs }) => runs.push({ ...runs[0]! })],
  [
    "noDoubleEffect",
    "a tool that ran unannounced",
    ({ runs }) => runs.push({ id: "toolu_new", branchId: "b", turn: 0, announced: false, finished: true }),
  ],
  [
    "noDoubleEffect",
    "a call that was started twice on a path",
    ({ paths }) => (paths[0]!.entries as unknown[]).push(...paths[0]!.entries.filter(({ kind }) => kind === "tool-start")),
  ],
  [
    "noSilentEnding",
    "an unknown reason that completed a turn",
    ({ turns }) => Object.assign(turns[1]!, { outcome: { type: "completed", empty: false } }),
  ],
  [
    "noSilentEnding",
    "an unknown reason under a known name",
    ({ turns }) => Object.assign(turns[1]!, { outcome: { type: "stopped", sequence: null } }),
  ],
  [
    "provenance",
    "a message of a person that nobody sent",
    ({ paths }) => (paths[0]!.entries as unknown[]).push({ kind: "message", id: "forged", role: "user", origin: "human", content: [] }),
  ],
  [
    "provenance",
    "a reply of the model that is none",
    ({ paths }) =>
      (paths[0]!.entries as unknown[]).push({ kind: "message", id: "forged", role: "assistant", origin: "model", content: [] }),
  ],
];

test.each(FORGERIES)("%s finds %s", async (name, _what, tamper) => {
  const trace = await traceOf(PROGRAM);
  tamper(trace);
  const judge: Judge = JUDGES[name];
  expect(judge(trace).length).toBeGreaterThan(0);
});

function forge(content: readonly Record<string, unknown>[], block: Record<string, unknown>): void {
  (content as Record<string, unknown>[])[0] = block;
}

function asRefused(entry: Entry): Entry {
  return entry.kind === "message" && entry.reply ? { ...entry, reply: { ...entry.reply, stopReason: "refusal" } } : entry;
}
