import { image, request, talk, text, thinking, tool, toolResult, toolUse, type Example, type NearMiss } from "./example.ts";
import { png } from "./media.ts";

const user = (...content: readonly unknown[]) => request({ messages: [{ role: "user", content }] });
const answered = (result: object) => request({ messages: talk(["assistant", [toolUse("t")]], ["user", [result]]) });
const called = (input: unknown) => request({ messages: talk(["assistant", [{ ...toolUse("t"), input }]], ["user", [toolResult("t")]]) });
const shown = (source: unknown) => user({ type: "image", source });

export const VALUE_EXAMPLES: readonly Example[] = [
  {
    rule: "value-unknown",
    body: request({ tool_choice: { type: "zap" } }),
    path: "tool_choice.type",
    message: "tool_choice: Input tag 'zap' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
  },
  {
    rule: "value-unknown",
    body: request({ thinking: { type: "zap" } }),
    path: "thinking.type",
    message:
      "thinking: Input tag 'zap' found using 'type' does not match any of the expected tags: 'enabled', 'disabled', 'between_tools', 'adaptive'",
  },
  {
    rule: "value-unknown",
    body: request({ thinking: { type: "enabled", budget_tokens: 1024, display: "loud" }, max_tokens: 4096 }),
    path: "thinking.display",
    message: "thinking.enabled.display: Input should be 'summarized', 'omitted' or 'updates'",
  },
  {
    rule: "value-unknown",
    body: request({ system: [text("Be brief.", { cache_control: { type: "eternal" } })] }),
    path: "system.0.cache_control.type",
    message: "system.0.cache_control: Input tag 'eternal' found using 'type' does not match any of the expected tags: 'ephemeral'",
  },
  {
    rule: "value-unknown",
    body: user(text("Hi", { cache_control: { type: "ephemeral", ttl: "7h" } })),
    path: "messages.0.content.0.cache_control.ttl",
    message: "messages.0.content.0.text.cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
  },
  {
    rule: "value-unknown",
    body: request({ tools: [tool({ cache_control: { type: "ephemeral", ttl: "7h" } })] }),
    path: "tools.0.cache_control.ttl",
    message: "tools.0.cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
  },
  {
    rule: "value-unknown",
    body: request({ service_tier: "gold" }),
    path: "service_tier",
    message: "service_tier: Input should be 'auto' or 'standard_only'",
  },
  {
    rule: "value-unknown",
    body: request({ context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }, { type: "forget_all" }] } }),
    path: "context_management.edits.1.type",
    message:
      "context_management.edits.1: Input tag 'forget_all' found using 'type' does not match any of the expected tags: 'clear_tool_uses_20250919', 'clear_thinking_20251015', 'compact_20260112'",
  },
  {
    rule: "value-unknown",
    body: request({ model: "mystery-1", output_config: { effort: "zap" } }),
    path: "output_config.effort",
    message: "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'",
  },
  {
    rule: "value-unknown",
    body: shown({ type: "crystal" }),
    path: "messages.0.content.0.source.type",
    message:
      "messages.0.content.0.image.source: Input tag 'crystal' found using 'type' does not match any of the expected tags: 'base64', 'url', 'file'",
  },
  {
    rule: "value-unknown",
    body: request({ tools: [{ type: "time_machine_20260101", name: "look" }] }),
    path: "tools.0.type",
    message:
      "tools.0: Input tag 'time_machine_20260101' found using 'type' does not match any of the expected tags: 'custom', 'advisor_20260301', 'bash_20241022', 'bash_20250124', 'browser_toolset_20260801', 'code_execution_20250522', 'code_execution_20250825', 'code_execution_20260120', 'code_execution_20260521', 'computer_20241022', 'computer_20250124', 'computer_20251124', 'computer_toolset_20260801', 'mcp_toolset', 'memory_20250818', 'text_editor_20241022', 'text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728', 'tool_search_tool_bm25', 'tool_search_tool_bm25_20251119', 'tool_search_tool_regex', 'tool_search_tool_regex_20251119', 'web_fetch_20250910', 'web_fetch_20260209', 'web_fetch_20260309', 'web_fetch_20260318', 'web_search_20250305', 'web_search_20260209', 'web_search_20260318'",
  },
  {
    rule: "value-shape",
    body: request({ stream: "yes" }),
    path: "stream",
    message: "stream: Input should be a valid boolean",
  },
  {
    rule: "value-shape",
    body: request({ thinking: {} }),
    path: "thinking.type",
    message: "thinking.type: Field required",
  },
  {
    rule: "value-shape",
    body: request({ tool_choice: { type: "tool" }, tools: [tool()] }),
    path: "tool_choice.name",
    message: "tool_choice.tool.name: Field required",
  },
  {
    rule: "value-shape",
    body: request({ cache_control: "ephemeral" }),
    path: "cache_control",
    message: "cache_control: Input should be a valid dictionary",
  },
  {
    rule: "value-shape",
    body: request({ tools: [tool({ type: 7 })] }),
    path: "tools.0.type",
    message: "tools.0.type: Input should be a valid string",
  },
  {
    rule: "value-shape",
    body: shown({ type: "base64", media_type: "image/png" }),
    path: "messages.0.content.0.source.data",
    message: "messages.0.content.0.image.source.base64.data: Field required",
  },
  {
    rule: "value-shape",
    body: answered(toolResult("t", [{ type: "document", source: { type: "url", url: 7 } }])),
    path: "messages.2.content.0.content.0.source.url",
    message: "messages.2.content.0.tool_result.content.0.document.source.url.url: Input should be a valid string",
  },
  {
    rule: "value-shape",
    body: answered({ ...toolResult("t"), is_error: "yes" }),
    path: "messages.2.content.0.is_error",
    message: "messages.2.content.0.tool_result.is_error: Input should be a valid boolean",
  },
  {
    rule: "nested-field-unknown",
    body: request({ metadata: { user_id: "ada", plan: "gold" } }),
    path: "metadata.plan",
    message: "metadata.plan: Extra inputs are not permitted",
  },
  {
    rule: "nested-field-unknown",
    body: request({ tool_choice: { type: "none", name: "look" } }),
    path: "tool_choice.name",
    message: "tool_choice.none.name: Extra inputs are not permitted",
  },
  {
    rule: "tool-input-shape",
    body: called('{"at":"the parrot"}'),
    path: "messages.1.content.0.input",
    message: "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
  },
  {
    rule: "tool-input-shape",
    body: called([]),
    path: "messages.1.content.0.input",
    message: "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
  },
  {
    rule: "tool-result-block-type",
    body: answered(toolResult("t", [toolUse("u")])),
    path: "messages.2.content.0.content.0",
    message:
      "messages.2.content.0.tool_result.content.0: Input tag 'tool_use' found using 'type' does not match any of the expected tags: 'text', 'image', 'search_result', 'document', 'tool_reference', 'browser_state'",
  },
  {
    rule: "block-in-wrong-role",
    body: request({ messages: talk(["assistant", [image(png(1, 1))]], ["user", "x"]) }),
    path: "messages.1.content.0",
    message: "messages.1.content.0: `image` blocks are not permitted within assistant turns",
  },
  {
    rule: "block-in-wrong-role",
    body: user(text("Hi"), thinking()),
    path: "messages.0.content.1",
    message: "messages.0.content.1: `thinking` blocks are not permitted within user turns",
  },
  {
    rule: "field-unknown",
    body: request({ betas: ["skills-2025-10-02"] }),
    options: { form: "wire" },
    path: "betas",
    message: "betas: Extra inputs are not permitted",
  },
];

export const VALUE_NEAR_MISSES: readonly NearMiss[] = [
  { rule: "value-unknown", body: request({ thinking: { type: "between_tools" }, tool_choice: { type: "none" }, service_tier: "auto" }) },
  { rule: "value-unknown", body: request({ cache_control: { type: "ephemeral", ttl: "1h" } }) },
  { rule: "value-unknown", body: request({ tools: [tool(), tool({ type: null }), { type: "mcp_toolset", mcp_server_name: "a" }] }) },
  { rule: "value-unknown", body: shown({ type: "file", file_id: "file_1" }) },
  // The model's own levels say it.
  { rule: "value-unknown", body: request({ model: "claude-opus-4-6", output_config: { effort: "zap" } }) },
  // What null stands for is the API's to say.
  { rule: "value-shape", body: request({ cache_control: null, stream: null, inference_geo: null, output_config: { format: null } }) },
  { rule: "value-shape", body: answered({ ...toolResult("t"), is_error: null }) },
  // Another rule tells the kind of these.
  { rule: "value-shape", body: request({ thinking: "much" }) },
  { rule: "nested-field-unknown", body: request({ metadata: { user_id: "ada", plan: undefined } }) },
  { rule: "nested-field-unknown", body: request({ thinking: { type: "disabled", display: "omitted" } }) },
  // A kind that is not known may have any fields.
  { rule: "nested-field-unknown", body: request({ thinking: { type: "deep", depth: 3 } }) },
  { rule: "tool-input-shape", body: called({}) },
  { rule: "tool-result-block-type", body: answered(toolResult("t", [{ type: "tool_reference", tool_name: "look" }])) },
  { rule: "block-in-wrong-role", body: answered(toolResult("t", [image(png(1, 1))])) },
  { rule: "block-in-wrong-role", body: request({ messages: talk(["assistant", [thinking(), text("Hi")]], ["user", "x"]) }) },
  { rule: "field-unknown", body: request({ betas: ["skills-2025-10-02"], user_profile_id: "p", workspace_id: "w" }) },
];
