import { request, talk, type Example, type NearMiss } from "./example.ts";

export const STRUCTURE_EXAMPLES: readonly Example[] = [
  { rule: "body-shape", body: "hello", path: "", message: "Input should be a valid dictionary" },
  { rule: "body-shape", body: [], path: "", message: "Input should be a valid dictionary" },
  {
    rule: "messages-missing",
    body: { model: "claude-sonnet-4-5", max_tokens: 1 },
    path: "messages",
    message: "messages: Field required",
  },
  {
    rule: "messages-missing",
    body: request({ messages: "hello" }),
    path: "messages",
    message: "messages: Input should be a valid list",
  },
  {
    rule: "messages-empty",
    body: request({ messages: [] }),
    path: "messages",
    message: "messages: at least one message is required",
  },
  {
    rule: "max-tokens-missing",
    body: request({ max_tokens: undefined }),
    path: "max_tokens",
    message: "max_tokens: Field required",
  },
  {
    rule: "model-missing",
    body: request({ model: undefined }),
    path: "model",
    message: "model: Field required",
  },
  {
    rule: "field-shape",
    body: request({ max_tokens: "1024" }),
    path: "max_tokens",
    message: "max_tokens: Input should be a valid integer",
  },
  {
    rule: "field-shape",
    body: request({ tools: {} }),
    path: "tools",
    message: "tools: Input should be a valid list",
  },
  {
    rule: "message-shape",
    body: request({ messages: ["Invalid content"] }),
    path: "messages.0",
    message: "messages.0: Input does not match the expected shape.",
  },
  {
    rule: "message-shape",
    body: request({ messages: talk(["assistant", [7]]) }),
    path: "messages.1.content.0",
    message: "messages.1: Input does not match the expected shape.",
  },
  {
    rule: "message-shape",
    body: request({ messages: [{ role: "user" }] }),
    path: "messages.0",
    message: "messages.0.content: Field required",
  },
  {
    rule: "message-role-unknown",
    body: request({ messages: [{ role: "tool", content: "x" }] }),
    path: "messages.0",
    message: "messages.0.role: Input should be 'user' or 'assistant'",
  },
  {
    rule: "messages-too-many",
    body: request({
      messages: Array.from({ length: 100_001 }, () => ({ role: "user", content: "x" })),
    }),
    path: "messages",
    message: "messages: there is a limit of 100,000 messages in a single request, found 100001",
  },
  {
    rule: "message-field-unknown",
    body: request({ messages: [{ role: "user", content: "x", id: "msg_1" }] }),
    path: "messages.0.id",
    message: "messages.0.id: Extra inputs are not permitted",
  },
  {
    rule: "field-unknown",
    body: request({ presence_penalty: 1 }),
    path: "presence_penalty",
    message: "presence_penalty: Extra inputs are not permitted",
  },
];

export const STRUCTURE_NEAR_MISSES: readonly NearMiss[] = [
  {
    rule: "max-tokens-missing",
    body: request({ max_tokens: undefined }),
    options: { endpoint: "count_tokens" },
  },
  { rule: "max-tokens-missing", body: request({ max_tokens: 0 }) },
  {
    rule: "model-missing",
    body: request({ model: undefined, anthropic_version: "bedrock-2023-05-31" }),
  },
  { rule: "field-shape", body: request({ container: null, thinking: null }) },
  { rule: "field-unknown", body: request({ presence_penalty: undefined }) },
  {
    rule: "message-field-unknown",
    body: request({
      model: "claude-opus-5",
      messages: [...talk(), { role: "system", content: "x", clear_at: "never" }],
    }),
  },
];
