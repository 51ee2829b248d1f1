import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { isAntiphonError } from "../errors.ts";
import { fromMessage, type ReceivedMessage } from "./reply.ts";

const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [{ type: "text", text: "{}" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 5 },
};

const FACTS = {
  model: "claude-sonnet-5-5",
  stopReason: "end_turn",
  stopSequence: null,
  usage: { input_tokens: 3, output_tokens: 5 },
  responseId: "msg_1",
  whole: true,
};

const PARAMS = { model: MESSAGE.model, max_tokens: 5, messages: [{ role: "user" as const, content: "Hi" }] };
const headers = { "content-type": "application/json", "request-id": "req_1" };
const client = new Anthropic({ apiKey: "none", fetch: async () => new Response(JSON.stringify(MESSAGE), { headers }) });

describe("a reply from a message", () => {
  test("has the blocks as they came, by identity", () => {
    const reply = fromMessage(MESSAGE);
    expect(reply).toEqual({ content: MESSAGE.content, facts: FACTS, completeBlocks: 1 });
    expect(reply.content[0]).toBe(MESSAGE.content[0]);
  });

  test("keeps top-level fields that nobody knows, and null where null came", () => {
    expect(fromMessage({ ...MESSAGE, container: null, aura: { hue: 7 } } as ReceivedMessage).facts.extra).toEqual({
      container: null,
      aura: { hue: 7 },
    });
  });

  test("that the SDK received carries the request id", async () => {
    expect(fromMessage(await client.messages.create(PARAMS)).facts).toEqual({ ...FACTS, requestId: "req_1" });
  });

  test("that the SDK parsed carries nothing of what the SDK adds, and no request id, which the SDK drops there", async () => {
    for (const message of [await client.messages.parse(PARAMS), await client.beta.messages.parse(PARAMS)]) {
      expect(Object.keys(message)).toContain("parsed_output");
      expect(fromMessage(message).facts).toEqual(FACTS);
      expect(JSON.stringify(fromMessage(message).content)).toBe(JSON.stringify(MESSAGE.content));
    }
  });

  test("without a stop reason is not whole", () => {
    expect(fromMessage({ ...MESSAGE, stop_reason: null }).facts.whole).toBe(false);
  });

  test.each([[null], ["text"], [[]], [{ ...MESSAGE, content: "text" }], [{ ...MESSAGE, content: [7] }]])("needs a message: %j", (value) => {
    try {
      fromMessage(value as unknown as ReceivedMessage);
      expect.unreachable();
    } catch (error) {
      expect(isAntiphonError(error, "invalid_input")).toBe(true);
    }
  });
});
