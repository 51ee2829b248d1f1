import fc from "fast-check";
import { expect, test } from "vitest";
import { startMessagesServer } from "../index.ts";

const headers = { "x-api-key": "practice", "anthropic-version": "2026-10-21" };
const types = fc.constantFrom(
  "text",
  "thinking",
  "redacted_thinking",
  "tool_use",
  "tool_result",
  "image",
  "document",
  "server_tool_use",
  "web_search_tool_result",
  "compaction",
  "hologram",
);
const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant({ type: "ephemeral" }));
const block = fc.record(
  {
    type: types,
    text: odd,
    thinking: odd,
    signature: odd,
    id: odd,
    name: odd,
    input: odd,
    tool_use_id: odd,
    content: odd,
    source: odd,
    cache_control: odd,
  },
  { requiredKeys: ["type"] },
);
const content = fc.oneof(fc.string(), fc.array(fc.oneof({ weight: 5, arbitrary: block }, odd), { maxLength: 4 }), odd);
const message = fc.record({ role: fc.constantFrom("user", "assistant", "system"), content });
const body = fc.record(
  {
    model: fc.constantFrom("claude-sonnet-5-5", "claude-sonnet-4-5", "claude-opus-5", "nobody"),
    max_tokens: fc.oneof(fc.nat(5_000), odd),
    messages: fc.oneof(fc.array(message, { maxLength: 5 }), odd),
    system: content,
    tools: fc.oneof(fc.array(block, { maxLength: 3 }), odd),
    tool_choice: odd,
    thinking: odd,
    output_config: odd,
    stop_sequences: odd,
    cache_control: odd,
    thread: odd,
    stream: fc.boolean(),
  },
  { requiredKeys: ["model", "max_tokens", "messages"] },
);

test("no body whatever makes the server fail: it is answered, or told what is wrong with it", async () => {
  await using server = await startMessagesServer();
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: body }, odd), fc.constantFrom("", "/count_tokens"), async (value, path) => {
      const response = await fetch(`${server.url}/v1/messages${path}`, { method: "POST", headers, body: JSON.stringify(value) });
      const text = await response.text();
      statuses.add(response.status);
      expect([200, 400, 404], text).toContain(response.status);
    }),
    { numRuns: 400 },
  );
  expect(statuses).toContain(400);
});
