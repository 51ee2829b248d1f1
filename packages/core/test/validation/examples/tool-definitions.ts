import { request, talk, tool, type Example, type NearMiss } from "./example.ts";

const SCHEMA_TEXT =
  "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.";

const strict = (properties: Record<string, unknown>, required: readonly string[] = []) =>
  tool({
    strict: true,
    input_schema: { type: "object", properties, required, additionalProperties: false },
  });

const many = (count: number, property: unknown) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, property]));

export const TOOL_DEFINITION_EXAMPLES: readonly Example[] = [
  {
    rule: "tool-name-pattern",
    body: request({ tools: [tool({ name: "look up" })] }),
    path: "tools.0.name",
    message: "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  },
  {
    rule: "tool-name-too-long",
    body: request({ tools: [tool(), tool({ name: "x".repeat(129) })] }),
    path: "tools.1.name",
    message: "tools.1.custom.name: String should have at most 128 characters",
  },
  {
    rule: "tool-name-repeated",
    body: request({ tools: [tool(), tool()] }),
    path: "tools.1.name",
    message: "Tool names must be unique",
  },
  {
    rule: "tool-schema-invalid",
    body: request({ tools: [tool({ input_schema: { type: "banana" } })] }),
    path: "tools.0.input_schema",
    message: SCHEMA_TEXT,
  },
  {
    rule: "tool-schema-invalid",
    body: request({ tools: [{ name: "look" }] }),
    path: "tools.0",
    message: "tools.0.custom.input_schema: Field required",
  },
  {
    rule: "tool-schema-combinator",
    body: request({ tools: [tool({ input_schema: { type: "object", anyOf: [] } })] }),
    path: "tools.0.input_schema",
    message: "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level",
  },
  {
    rule: "tools-all-deferred",
    body: request({ tools: [tool({ defer_loading: true })] }),
    path: "tools",
    message: "All tools have defer_loading: true",
  },
  {
    rule: "tool-choice-unknown-tool",
    body: request({ tools: [tool()], tool_choice: { type: "tool", name: "find" } }),
    path: "tool_choice.name",
    message: "Tool 'find' not found in provided tools",
  },
  {
    rule: "tool-choice-with-manual-thinking",
    body: request({
      max_tokens: 4096,
      thinking: { type: "enabled", budget_tokens: 1024 },
      tools: [tool()],
      tool_choice: { type: "any" },
    }),
    path: "tool_choice",
    message: "Thinking may not be enabled when tool_choice forces tool use.",
  },
  {
    rule: "tool-choice-forced-unsupported",
    body: request({
      model: "claude-sonnet-5-5",
      tools: [tool()],
      tool_choice: { type: "tool", name: "look" },
    }),
    path: "tool_choice",
    message: "tool_choice: forcing tool use is not supported for this model",
  },
  {
    rule: "strict-pattern-unsupported",
    body: request({ tools: [strict({ a: { type: "string", pattern: "(?=x)y" } }, ["a"])] }),
    path: "tools.0.input_schema",
    message: "Unsupported regex feature in pattern field: (?=x)y",
  },
  {
    rule: "strict-schemas-too-complex",
    body: request({ tools: [strict(many(25, { type: "string" }))] }),
    path: "tools",
    message: "Schema is too complex for compilation.",
  },
  {
    rule: "strict-schemas-too-complex",
    body: request({
      tools: [strict(many(17, { type: ["string", "null"] }), Object.keys(many(17, 0)))],
    }),
    path: "tools",
    message: "Schema is too complex for compilation.",
  },
  {
    rule: "strict-schemas-too-complex",
    body: request({
      tools: Array.from({ length: 21 }, (_, index) => ({ ...strict({}), name: `t${index}` })),
    }),
    path: "tools",
    message: "Schema is too complex for compilation.",
  },
];

export const TOOL_DEFINITION_NEAR_MISSES: readonly NearMiss[] = [
  { rule: "tool-name-pattern", body: request({ tools: [tool({ name: "Look_up-2" })] }) },
  { rule: "tool-name-too-long", body: request({ tools: [tool({ name: "x".repeat(128) })] }) },
  {
    rule: "tool-schema-invalid",
    body: request({ tools: [{ type: "web_search_20260318", name: "web_search" }] }),
  },
  {
    rule: "tools-all-deferred",
    body: request({ tools: [tool(), tool({ name: "b", defer_loading: true })] }),
  },
  {
    rule: "tool-choice-unknown-tool",
    body: request({
      tools: [{ type: "mcp_toolset", mcp_server_name: "s" }],
      mcp_servers: [{ name: "s" }],
      tool_choice: { type: "tool", name: "find" },
    }),
  },
  {
    rule: "tool-choice-with-manual-thinking",
    body: request({
      model: "claude-opus-4-6",
      thinking: { type: "adaptive" },
      tools: [tool()],
      tool_choice: { type: "any" },
    }),
  },
  {
    rule: "tool-choice-forced-unsupported",
    body: request({ model: "claude-sonnet-5-5", tools: [tool()], tool_choice: { type: "auto" } }),
  },
  {
    rule: "strict-pattern-unsupported",
    body: request({
      tools: [tool({ input_schema: { type: "object", properties: { a: { pattern: "(?=x)" } } } })],
    }),
  },
  {
    rule: "strict-schemas-too-complex",
    body: request({
      messages: talk(),
      tools: [strict({ ...many(24, { type: "string" }), r: { anyOf: [] } }, ["r"])],
    }),
  },
];
