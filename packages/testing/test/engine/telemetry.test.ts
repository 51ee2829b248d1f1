import Anthropic from "@anthropic-ai/sdk";
import { startMessagesServer } from "@antiphon/testing/messages-server";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";
import { practice, say } from "./practice.ts";

/** A conversation whose client is traced by OpenTelemetry, and the spans that have ended. */
async function traced() {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const server = await startMessagesServer();
  const client = new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0, openTelemetry: { tracerProvider } });
  const at = await practice({ client, tools: [{ name: "look", input_schema: { type: "object" }, run: () => "a cat" }] });
  const spans = () => exporter.getFinishedSpans();
  return { at, server, spans, [Symbol.asyncDispose]: async () => void (await Promise.all([at[Symbol.asyncDispose](), server.close()])) };
}

test("every request's span, streamed or not, has the conversation's id, so that a trace shows a conversation", async () => {
  await using on = await traced();
  const conversation = await on.at.start();
  on.server.script({ content: [{ type: "tool_use", name: "look", input: {} }] });
  await say(conversation, "Look.");
  await say(conversation, "Thanks.", { streaming: false });
  expect(on.spans().map(({ name, attributes }) => [name, attributes["gen_ai.conversation.id"]])).toEqual(
    Array.from({ length: 3 }, () => ["anthropic.messages.create", conversation.id]),
  );
});

test("two conversations are two, and the API is sent neither id", async () => {
  await using on = await traced();
  const conversations = [await on.at.start(), await on.at.start()];
  for (const conversation of conversations) await say(conversation);
  const ids = conversations.map(({ id }) => id);
  expect(on.spans().map(({ attributes }) => attributes["gen_ai.conversation.id"])).toEqual(ids);
  const sent = JSON.stringify(on.server.requests);
  expect(ids.filter((id) => sent.includes(id))).toEqual([]);
});
