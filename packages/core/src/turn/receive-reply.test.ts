import { describe, expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { said } from "../../test/scripted-client.ts";

const message = (more: object = {}) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [{ type: "text", text: "Whole." }],
  stop_reason: "end_turn",
  usage: { input_tokens: 3, output_tokens: 2 },
  ...more,
});

async function answered(answer: unknown, streaming: boolean) {
  const { conversation, client, environment } = await begin([() => answer, said("Later.")]);
  const result = await conversation.send("?", { streaming }).result;
  return { ...result, requests: client.bodies.length, pending: environment.pending };
}

describe.each([
  ["as a stream", true],
  ["in one piece", false],
])("an answer that was asked for %s", (_how, streaming) => {
  test("and is a whole message is the reply", async () => {
    expect(await answered(message(), streaming)).toMatchObject({
      outcome: { type: "completed", empty: false },
      text: "Whole.",
      usage: { output_tokens: 2 },
      requests: 1,
    });
  });

  test("and is a message without a stop reason is not whole, and never completed", async () => {
    expect(await answered(message({ stop_reason: null }), streaming)).toMatchObject({
      outcome: { type: "interrupted", reason: "ended-early" },
      text: "Whole.",
      requests: 1,
    });
  });

  test.each([
    ["a text", "<html>", "text"],
    ["an empty text", "", "text"],
    ["a list", [{ type: "message_start" }], "a list"],
    ["nothing", undefined, "nothing"],
    ["null", null, "nothing"],
    ["a number", 7, "a number"],
    ["something else", { error: "no" }, "an object that is no message"],
  ])("and is %s is not the API's, and not asked for again", async (_what, answer, sent) => {
    expect(await answered(answer, streaming)).toMatchObject({
      outcome: { type: "failed", failure: { code: "not_the_api", retryable: false, message: expect.stringContaining(`it sent ${sent}.`) } },
      requests: 1,
      pending: 0,
    });
  });
});
