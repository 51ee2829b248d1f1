import { request, talk, text, thinking, tool, type Example, type NearMiss } from "./example.ts";

const citing = [
  {
    role: "user",
    content: [{ type: "document", source: { type: "text", data: "x" }, citations: { enabled: true } }],
  },
];
const format = { format: { type: "json_schema", schema: {} } };

export const PARAMETER_EXAMPLES: readonly Example[] = [
  {
    rule: "prefill-unsupported",
    body: request({ model: "claude-sonnet-4-6", messages: talk(["assistant", "Once"]) }),
    path: "messages.1",
    message: "This model does not support assistant message prefill. The conversation must end with a user message.",
  },
  {
    rule: "prefill-trailing-whitespace",
    body: request({ messages: talk(["assistant", [text("Once ")]]) }),
    path: "messages.1.content.0",
    message: "messages: final assistant content cannot end with trailing whitespace",
  },
  {
    rule: "prefill-before-thinking",
    body: request({ max_tokens: 4096, thinking: { type: "enabled", budget_tokens: 1024 }, messages: talk(["assistant", "Once"]) }),
    path: "messages.1.content",
    message:
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`. When `thinking` is enabled, a final `assistant` message must start with a thinking block. We recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking",
  },
  {
    rule: "prefill-with-format",
    body: request({ output_config: format, messages: talk(["assistant", "Once"]) }),
    path: "output_config.format",
    message: "output_config.format: structured outputs are not compatible with assistant message prefill",
  },
  {
    rule: "temperature-deprecated",
    body: request({ model: "claude-opus-4-7", temperature: 0 }),
    path: "temperature",
    message: "`temperature` is deprecated for this model.",
  },
  {
    rule: "temperature-with-top-p",
    body: request({ temperature: 0.5, top_p: 0.9 }),
    path: "top_p",
    message: "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
  },
  {
    rule: "sampling-parameter-removed",
    body: request({ top_k: 40 }),
    path: "top_k",
    message: "top_k: Extra inputs are not permitted",
  },
  {
    rule: "effort-unsupported",
    body: request({ model: "claude-opus-4-6", output_config: { effort: "xhigh" } }),
    path: "output_config.effort",
    message: "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
  },
  {
    rule: "effort-unsupported",
    body: request({ model: "claude-haiku-4-5", output_config: { effort: "low" } }),
    path: "output_config.effort",
    message: "This model does not support the effort parameter.",
  },
  {
    rule: "stop-sequence-blank",
    body: request({ stop_sequences: ["END", "\n"] }),
    path: "stop_sequences.1",
    message: "stop_sequences: each stop sequence must contain non-whitespace",
  },
  {
    rule: "max-tokens-over-cap",
    body: request({ max_tokens: 64_001 }),
    path: "max_tokens",
    message: "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5",
  },
  {
    rule: "max-tokens-zero",
    body: request({ max_tokens: 0, stream: true }),
    path: "max_tokens",
    message: "max_tokens: 0 is not supported with stream",
  },
  {
    rule: "max-tokens-zero",
    body: request({ max_tokens: 0, output_config: format }),
    path: "max_tokens",
    message: "max_tokens: 0 is not supported with output_config.format",
  },
  {
    rule: "max-tokens-zero",
    body: request({ max_tokens: 0, tools: [tool()], tool_choice: { type: "any" } }),
    path: "max_tokens",
    message: "max_tokens: 0 is not supported with a forced tool_choice",
  },
  {
    rule: "body-too-large",
    body: request({ messages: [{ role: "user", content: "x".repeat(32 * 1024 * 1024 + 1) }] }),
    path: "",
    message: "Request exceeds the maximum size",
  },
  {
    rule: "citations-with-format",
    body: request({ messages: citing, output_config: format }),
    path: "messages.0.content.0.citations",
    message: "output_config.format: structured outputs are not supported with citations",
  },
  {
    rule: "inference-geo-unsupported",
    body: request({ inference_geo: "us" }),
    path: "inference_geo",
    message: "inference_geo: not supported for this model",
  },
];

export const PARAMETER_NEAR_MISSES: readonly NearMiss[] = [
  { rule: "prefill-unsupported", body: request({ messages: talk(["assistant", "Once"]) }) },
  {
    rule: "prefill-unsupported",
    body: request({ model: "mystery-1", messages: talk(["assistant", "Once"]) }),
  },
  {
    rule: "prefill-unsupported",
    body: request({
      model: "claude-opus-5",
      messages: talk(["assistant", [{ type: "server_tool_use", id: "s", name: "web_search", input: {} }]]),
    }),
  },
  {
    rule: "prefill-unsupported",
    body: request({
      model: "claude-opus-5",
      fallback_credit_token: "t",
      messages: talk(["assistant", "Once"]),
    }),
  },
  { rule: "prefill-trailing-whitespace", body: request({ messages: talk(["assistant", "Once"]) }) },
  {
    rule: "prefill-before-thinking",
    body: request({
      max_tokens: 4096,
      thinking: { type: "enabled", budget_tokens: 1024 },
      messages: talk(["assistant", [thinking(), text("Once")]]),
    }),
  },
  { rule: "prefill-before-thinking", body: request({ thinking: { type: "disabled" }, messages: talk(["assistant", "Once"]) }) },
  { rule: "prefill-with-format", body: request({ output_config: format, messages: talk() }) },
  { rule: "prefill-with-format", body: request({ model: "mystery-1", output_config: format, messages: talk(["assistant", "Once"]) }) },
  { rule: "temperature-deprecated", body: request({ model: "claude-opus-4-7", temperature: 1 }) },
  { rule: "temperature-with-top-p", body: request({ temperature: 0.5 }) },
  {
    rule: "sampling-parameter-removed",
    body: request({ anthropic_version: "bedrock-2023-05-31", top_k: 40 }),
  },
  {
    rule: "effort-unsupported",
    body: request({ model: "claude-opus-4-7", output_config: { effort: "xhigh" } }),
  },
  {
    rule: "effort-unsupported",
    body: request({ model: "claude-sonnet-5-5", output_config: { effort: "xhigh" } }),
  },
  { rule: "max-tokens-over-cap", body: request({ max_tokens: 64_000 }) },
  { rule: "max-tokens-zero", body: request({ max_tokens: 0 }) },
  {
    rule: "body-too-large",
    body: request({ messages: [{ role: "user", content: "x".repeat(31 * 1024 * 1024) }] }),
  },
  { rule: "citations-with-format", body: request({ messages: citing }) },
  {
    rule: "inference-geo-unsupported",
    body: request({ model: "claude-opus-5", inference_geo: "us" }),
  },
];
