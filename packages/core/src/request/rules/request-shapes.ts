/** What a field holds: text, true or false, a number, anything, or one of these values. */
export type FieldKind = "text" | "flag" | "number" | "any" | readonly string[];

/** The fields of an object, as the SDK writes them: a name with `?` at its end may be left out. */
export type ObjectFields = Readonly<Record<string, FieldKind>>;

/** A part of the request whose values the types of the SDK list. */
export interface RequestShape {
  /** The types of `@anthropic-ai/sdk` 1.12.0 that say so, general and beta; a test compares. */
  readonly sdk: readonly string[];
  /** For an object that is one of several, told apart by its `type`: the fields that each has besides. */
  readonly oneOf?: Readonly<Record<string, ObjectFields>>;
  /** For an object of one kind. */
  readonly fields?: ObjectFields;
  /** Other fields are looked at elsewhere. */
  readonly partial?: true;
}

const EFFORTS = ["low", "medium", "high", "xhigh", "max"];
const DISPLAYS = ["summarized", "omitted", "updates"];
const PARALLEL = { "disable_parallel_tool_use?": "flag" } as const;

export const REQUEST_SHAPES = {
  body: {
    sdk: ["MessageCreateParamsBase", "BetaMessageCreateParamsBase"],
    fields: {
      "stream?": "flag",
      "service_tier?": ["auto", "standard_only"],
      "speed?": ["standard", "fast"],
      "inference_geo?": "text",
    },
    partial: true,
  },
  metadata: { sdk: ["Metadata", "BetaMetadata"], fields: { "user_id?": "text" } },
  output_config: {
    sdk: ["OutputConfig", "BetaOutputConfig"],
    fields: { "effort?": EFFORTS, "format?": "any", "task_budget?": "any" },
  },
  format: { sdk: ["JSONOutputFormat", "BetaJSONOutputFormat"], oneOf: { json_schema: { schema: "any" } } },
  thinking: {
    sdk: ["ThinkingConfigParam", "BetaThinkingConfigParam"],
    oneOf: {
      enabled: { budget_tokens: "number", "block_binding?": "any", "display?": DISPLAYS },
      disabled: {},
      between_tools: {},
      adaptive: { "block_binding?": "any", "display?": DISPLAYS },
    },
  },
  tool_choice: {
    sdk: ["ToolChoice", "BetaToolChoice"],
    oneOf: { auto: PARALLEL, any: PARALLEL, tool: { name: "text", ...PARALLEL }, none: {} },
  },
  cache_control: {
    sdk: ["CacheControlEphemeral", "BetaCacheControlEphemeral"],
    oneOf: { ephemeral: { "ttl?": ["5m", "1h"] } },
  },
  contextEdit: {
    sdk: ["BetaContextManagementConfig.edits"],
    oneOf: {
      clear_tool_uses_20250919: {
        "clear_at_least?": "any",
        "clear_tool_inputs?": "any",
        "exclude_tools?": "any",
        "keep?": "any",
        "trigger?": "any",
      },
      clear_thinking_20251015: { "keep?": "any" },
      compact_20260112: { "instructions?": "text", "pause_after_compaction?": "flag", "trigger?": "any" },
    },
  },
  imageSource: {
    sdk: ["ImageBlockParam.source", "BetaImageBlockParam.source"],
    oneOf: {
      base64: { data: "text", media_type: ["image/jpeg", "image/png", "image/gif", "image/webp"] },
      url: { url: "text" },
      file: { file_id: "text" },
    },
  },
  documentSource: {
    sdk: ["DocumentBlockParam.source", "BetaRequestDocumentBlock.source"],
    oneOf: {
      base64: { data: "text", media_type: ["application/pdf"] },
      text: { data: "text", media_type: ["text/plain"] },
      content: { content: "any" },
      url: { url: "text" },
      file: { file_id: "text" },
    },
  },
  toolResult: { sdk: ["ToolResultBlockParam", "BetaToolResultBlockParam"], fields: { "is_error?": "flag" }, partial: true },
} as const satisfies Record<string, RequestShape>;

/** Every `type` of a tool in the types of the SDK. */
export const TOOL_TYPES: readonly string[] = [
  "custom",
  "advisor_20260301",
  "bash_20241022",
  "bash_20250124",
  "browser_toolset_20260801",
  "code_execution_20250522",
  "code_execution_20250825",
  "code_execution_20260120",
  "code_execution_20260521",
  "computer_20241022",
  "computer_20250124",
  "computer_20251124",
  "computer_toolset_20260801",
  "mcp_toolset",
  "memory_20250818",
  "text_editor_20241022",
  "text_editor_20250124",
  "text_editor_20250429",
  "text_editor_20250728",
  "tool_search_tool_bm25",
  "tool_search_tool_bm25_20251119",
  "tool_search_tool_regex",
  "tool_search_tool_regex_20251119",
  "web_fetch_20250910",
  "web_fetch_20260209",
  "web_fetch_20260309",
  "web_fetch_20260318",
  "web_search_20250305",
  "web_search_20260209",
  "web_search_20260318",
];

/** What the SDK's types let a tool_result hold. */
export const RESULT_BLOCK_TYPES: readonly string[] = ["text", "image", "search_result", "document", "tool_reference", "browser_state"];
