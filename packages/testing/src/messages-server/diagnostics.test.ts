import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { startMessagesServer, type MessagesServer } from "./index.ts";

type Params = Anthropic.Beta.Messages.MessageCreateParamsNonStreaming;

const connect = ({ url }: MessagesServer) => new Anthropic({ apiKey: "practice", baseURL: url, maxRetries: 0 }).beta.messages;
const tool = { name: "look", input_schema: { type: "object" as const } };
const base: Params = {
  model: "claude-haiku-4-5",
  max_tokens: 99,
  system: "Be brief.",
  tools: [tool],
  messages: [{ role: "user", content: "Hello." }],
  diagnostics: {},
};

/** What is said of a request that goes on from another, with these changes. */
async function said(change: Partial<Params>) {
  await using server = await startMessagesServer();
  const client = connect(server);
  const first = await client.create(base);
  const messages: Params["messages"] = [...base.messages, { role: "assistant", content: "Hi." }, { role: "user", content: "And?" }];
  return (await client.create({ ...base, messages, diagnostics: { previous_message_id: first.id }, ...change })).diagnostics;
}

describe("cache diagnostics", () => {
  test("say nothing of a request that only goes on, nor of one that did not ask, nor of the first", async () => {
    expect(await said({})).toBeNull();
    expect(await said({ diagnostics: null, system: "Be long." })).toBeNull();
    expect(await said({ diagnostics: { previous_message_id: null }, system: "Be long." })).toBeNull();
  });

  test.each<[string, Partial<Params>]>([
    ["model_changed", { model: "claude-opus-4-5" }],
    ["system_changed", { system: "Be long." }],
    ["tools_changed", { tools: [{ ...tool, name: "peek" }] }],
    ["messages_changed", { messages: [{ role: "user", content: "Hello!" }] }],
    ["unavailable", { tool_choice: { type: "none" } }],
    ["previous_message_not_found", { diagnostics: { previous_message_id: "msg_nobody" } }],
  ])("say %s", async (type, change) => {
    const tokens = type.endsWith("_changed") ? { cache_missed_input_tokens: expect.any(Number) } : {};
    expect(await said(change)).toEqual({ cache_miss_reason: { type, ...tokens } });
  });

  test("count what of the former request stands behind the change", async () => {
    const reasons = await Promise.all(
      [{ messages: [{ role: "user" as const, content: "Hello!" }] }, { system: "Be long." }, { tools: [] }].map(said),
    );
    const tokens = reasons.map((reason) => (reason!.cache_miss_reason as { cache_missed_input_tokens: number }).cache_missed_input_tokens);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    expect(tokens[0]).toBe(5);
  });

  test("compare with requests that carried the object, streamed ones too, and with no others", async () => {
    await using server = await startMessagesServer();
    const client = connect(server);
    const { diagnostics: _, ...silent } = base;
    const first = await client.create(silent);
    const second = await client.create({ ...base, diagnostics: { previous_message_id: first.id } });
    expect(second.diagnostics?.cache_miss_reason?.type).toBe("previous_message_not_found");
    const events = await Array.fromAsync(
      await client.create({ ...base, system: "Be long.", stream: true, diagnostics: { previous_message_id: second.id } }),
    );
    expect(events[0]).toMatchObject({ message: { diagnostics: { cache_miss_reason: { type: "system_changed" } } } });
  });
});
