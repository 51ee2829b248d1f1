import { request, talk, text, thinking, tool, toolResult, toolUse, type Example, type NearMiss } from "./example.ts";

const enabled = { type: "enabled", budget_tokens: 1024 };

export const THINKING_EXAMPLES: readonly Example[] = [
  {
    rule: "thinking-signature-missing",
    body: request({
      messages: talk(["assistant", [thinking({ signature: undefined }), text("Hi")]], ["user", "x"]),
    }),
    path: "messages.1.content.0",
    message: "messages.1.content.0.thinking.signature: Field required",
  },
  {
    rule: "thinking-first-in-tool-loop",
    body: request({
      max_tokens: 4096,
      thinking: enabled,
      tools: [tool()],
      messages: talk(["assistant", [toolUse("t")]], ["user", [toolResult("t")]]),
    }),
    path: "messages.1.content.0",
    message:
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
  },
  {
    rule: "thinking-enabled-unsupported",
    body: request({ model: "claude-opus-4-7", max_tokens: 4096, thinking: enabled }),
    path: "thinking.type",
    message:
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
  },
  {
    rule: "thinking-adaptive-unsupported",
    body: request({ thinking: { type: "adaptive" } }),
    path: "thinking.type",
    message: "adaptive thinking is not supported on this model",
  },
  {
    rule: "thinking-disabled-unsupported",
    body: request({ model: "claude-fable-5", thinking: { type: "disabled" } }),
    path: "thinking.type",
    message:
      '"thinking.type.disabled" is not supported for this model. Thinking defaults to adaptive mode when not specified; use "thinking.type.enabled" with "budget_tokens" for extended thinking.',
  },
  {
    rule: "thinking-disabled-with-effort",
    body: request({
      model: "claude-opus-5",
      thinking: { type: "disabled" },
      output_config: { effort: "xhigh" },
    }),
    path: "thinking",
    message: "\"thinking.type.disabled\" is not supported at effort level 'xhigh' for this model. Use one of: low, medium, high.",
  },
  {
    rule: "thinking-budget-too-small",
    body: request({ thinking: { type: "enabled", budget_tokens: 1023 } }),
    path: "thinking.budget_tokens",
    message: "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
  },
  {
    rule: "thinking-budget-over-max-tokens",
    body: request({ max_tokens: 1024, thinking: enabled }),
    path: "thinking.budget_tokens",
    message: "`max_tokens` must be greater than `thinking.budget_tokens`.",
  },
  {
    rule: "thinking-disabled-field",
    body: request({ thinking: { type: "disabled", display: "omitted" } }),
    path: "thinking.display",
    message: "thinking.disabled.display: Extra inputs are not permitted",
  },
  {
    rule: "temperature-with-thinking",
    body: request({ max_tokens: 4096, thinking: enabled, temperature: 0.5 }),
    path: "temperature",
    message: "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.",
  },
];

export const THINKING_NEAR_MISSES: readonly NearMiss[] = [
  {
    rule: "thinking-first-in-tool-loop",
    body: request({
      max_tokens: 4096,
      thinking: enabled,
      messages: talk(["assistant", [thinking(), toolUse("t")]], ["user", [toolResult("t")]]),
    }),
  },
  {
    rule: "thinking-first-in-tool-loop",
    body: request({
      model: "claude-opus-4-6",
      thinking: { type: "adaptive" },
      messages: talk(["assistant", [toolUse("t")]], ["user", [toolResult("t")]]),
    }),
  },
  {
    rule: "thinking-first-in-tool-loop",
    body: request({
      max_tokens: 4096,
      thinking: enabled,
      messages: talk(["assistant", "Hi"], ["user", "x"]),
    }),
  },
  {
    rule: "thinking-enabled-unsupported",
    body: request({ model: "claude-opus-4-6", max_tokens: 4096, thinking: enabled }),
  },
  {
    rule: "thinking-enabled-unsupported",
    body: request({ model: "mystery-1", max_tokens: 4096, thinking: enabled }),
  },
  {
    rule: "thinking-adaptive-unsupported",
    body: request({ model: "claude-opus-4-6", thinking: { type: "adaptive" } }),
  },
  {
    rule: "thinking-disabled-unsupported",
    body: request({ model: "claude-sonnet-5", thinking: { type: "disabled" } }),
  },
  {
    rule: "thinking-disabled-with-effort",
    body: request({
      model: "claude-opus-5",
      thinking: { type: "disabled" },
      output_config: { effort: "high" },
    }),
  },
  { rule: "thinking-budget-too-small", body: request({ max_tokens: 1025, thinking: enabled }) },
  {
    rule: "thinking-budget-over-max-tokens",
    body: request({ max_tokens: 1025, thinking: enabled }),
  },
  {
    rule: "temperature-with-thinking",
    body: request({ max_tokens: 4096, thinking: enabled, temperature: 1 }),
  },
  {
    rule: "thinking-signature-missing",
    body: request({
      messages: talk(["assistant", [thinking({ thinking: "" }), text("Hi")]], ["user", "x"]),
    }),
  },
];
