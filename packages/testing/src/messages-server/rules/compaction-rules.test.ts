import { expect, test } from "vitest";
import { startMessagesServer } from "../index.ts";
import type { SERVER_RULES } from "./server-rules.ts";

const BETA = "compact-2026-09-04";
const question = { role: "user", content: "hi" };
const summarize = { type: "summarize" };

async function practice() {
  const server = await startMessagesServer({ seed: "compaction" });
  const post = async (fields: object, betas: string = BETA) => {
    const response = await fetch(`${server.url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": "practice", "anthropic-version": "2026-10-21", ...(betas && { "anthropic-beta": betas }) },
      body: JSON.stringify({ model: "claude-sonnet-5-5", max_tokens: 64, ...fields }),
    });
    return { status: response.status, body: await response.text() };
  };
  const compacted = async () => {
    const { body } = await post({ messages: [question], compaction: summarize });
    return (JSON.parse(body) as { content: { type: string; content: string; signature: string }[] }).content[0]!;
  };
  return { post, compacted, [Symbol.asyncDispose]: () => server.close() };
}

test("a request for compaction is answered with a signed block alone, which stands first from then on", async () => {
  await using at = await practice();
  const { status, body } = await at.post({ messages: [question, { role: "assistant", content: "hello" }], compaction: summarize });
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({
    content: [{ type: "compaction", content: expect.stringContaining("2 messages"), signature: expect.any(String) }],
    stop_reason: "compaction",
    usage: { input_tokens: 0, output_tokens: 0, iterations: [{ type: "compaction", input_tokens: expect.any(Number) }] },
  });
  const block = await at.compacted();
  expect(await at.post({ messages: [{ role: "assistant", content: [block] }, question] })).toMatchObject({ status: 200 });
  expect(await at.post({ messages: [{ role: "assistant", content: [block] }, question], compaction: summarize })).toMatchObject({
    status: 200,
  });
});

test("streamed, the block comes whole at its start", async () => {
  await using at = await practice();
  const { body } = await at.post({ messages: [question], compaction: summarize, stream: true });
  expect(body).toMatch(/"content_block":\{"type":"compaction","content":"So far[^}]*"signature":"/);
  expect(body).not.toContain("compaction_delta");
});

const other = { type: "json_schema", schema: { type: "object", additionalProperties: false, properties: {} } };
const tools = [{ name: "t", input_schema: { type: "object" } }];

test.each<[keyof typeof SERVER_RULES, string, object]>([
  ["compaction-with-other", "stop_sequences", { stop_sequences: ["END"] }],
  ["compaction-with-other", "context_management", { context_management: { edits: [] } }],
  ["compaction-with-other", "output_config.format", { output_config: { format: other } }],
  ["compaction-with-other", "tool_choice", { tools, tool_choice: { type: "auto" }, stop_sequences: ["END"] }],
])("%s: %s", async (_rule, _field, fields) => {
  await using at = await practice();
  const { status, body } = await at.post({ messages: [question], compaction: summarize, ...fields });
  expect([status, body]).toEqual([400, expect.stringContaining("cannot be combined with `compaction`")]);
});

test("a signed block is refused in any other place, in another number, changed, or without its beta", async () => {
  await using at = await practice();
  const block = await at.compacted();
  const messages = [{ role: "assistant", content: [block] }, question];
  const refused = [
    [await at.post({ messages: [question, ...messages] }), "compaction_block_misplaced"],
    [await at.post({ messages: [...messages, ...messages] }), "compaction_block_ambiguous"],
    [
      await at.post({ messages: [{ role: "assistant", content: [{ ...block, content: "Other." }] }, question] }),
      "compaction_signature_invalid",
    ],
    [
      await at.post({ messages: [{ role: "assistant", content: [{ ...block, signature: "x" }] }, question] }),
      "compaction_signature_invalid",
    ],
    [await at.post({ messages }, ""), "Input tag 'compaction'"],
  ] as const;
  for (const [{ status, body }, said] of refused) expect([status, body]).toEqual([400, expect.stringContaining(said)]);
});
