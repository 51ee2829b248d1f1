import { expect, test } from "vitest";
import { lines, openPlace } from "./place.ts";

const parsed = (stdout: string): readonly Record<string, unknown>[] =>
  lines(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);

test("every line is one event, the first names the conversation, the last has conversation, outcome, text and usage", async () => {
  await using place = await openPlace();
  place.server.script("Forty-two.");
  const { code, stdout, stderr } = await place.run(["--json", "What is it?"]);
  const events = parsed(stdout);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const conversation = events[0]!["conversation"];
  expect(events[0]).toEqual({ type: "conversation", conversation, branch: expect.any(String), continued: false });
  expect(events.map(({ type }) => type)).toEqual([
    "conversation",
    "input-stored",
    "request-start",
    "block-start",
    "text-delta",
    "block-stop",
    "reply-stored",
    "turn-end",
  ]);
  expect(events.at(-1)).toEqual({
    type: "turn-end",
    conversation,
    branch: events[0]!["branch"],
    outcome: { type: "completed", empty: false },
    text: "Forty-two.",
    usage: {
      input_tokens: expect.any(Number),
      output_tokens: expect.any(Number),
      cache_creation_input_tokens: expect.any(Number),
      cache_read_input_tokens: expect.any(Number),
    },
  });
  expect((await place.run(["ls", "--json"])).stdout).toContain(`"id":"${String(conversation)}"`);
});

test("a failed turn carries its failure, without the stack or the headers of what was thrown", async () => {
  await using place = await openPlace({ apiKeys: ["another"] });
  const { code, stdout, stderr } = await place.run(["--json", "hi"]);
  expect(code).toBe(4);
  const last = parsed(stdout).at(-1)!;
  expect(last).toMatchObject({ type: "turn-end", conversation: expect.any(String), text: "", usage: {} });
  expect(last["outcome"]).toEqual({
    type: "failed",
    failure: { status: 401, code: "authentication_error", message: "invalid x-api-key", retryable: false, requestId: expect.any(String) },
  });
  expect(lines(stderr)).toHaveLength(1);
});

test("a program that came to no turn has a last line of the same shape", async () => {
  await using place = await openPlace();
  const cases: [readonly string[], number, string][] = [
    [["--json", "-c", "hi"], 1, "not_found"],
    [["--json", " "], 2, "usage"],
    [["--json", "--bogus"], 2, "usage"],
  ];
  for (const [args, code, failureCode] of cases) {
    const ended = await place.run(args);
    expect(ended.code).toBe(code);
    expect(parsed(ended.stdout)).toEqual([
      {
        type: "turn-end",
        conversation: null,
        branch: null,
        outcome: { type: "failed", failure: { code: failureCode, message: expect.any(String), retryable: false } },
        text: "",
        usage: {},
      },
    ]);
    expect(lines(ended.stderr)).toHaveLength(1);
  }
});

test("--json behind -- is a word of the question", async () => {
  await using place = await openPlace();
  place.server.script("ok");
  expect((await place.run(["--", "--json"])).stdout).toBe("ok\n");
});
