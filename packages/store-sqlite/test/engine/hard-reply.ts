import type { BLOCK_TABLE, ContentBlock } from "@antiphon/core";
import type { StreamedBlock } from "@antiphon/testing/messages-server";

type Table = typeof BLOCK_TABLE;
type Replied = { [T in keyof Table]: "response" extends Table[T]["seen"][number] ? T : never }[keyof Table];

const deep = { list: [1, null, { "order of keys": "b", a: -0.5 }], text: '\u2028 "quoted" é 🜁', empty: {} };
const server = (id: string, name: string) => ({ type: "server_tool_use", id, name, input: deep });
const result = (type: string, id: string, content: unknown) => ({ type, tool_use_id: id, content });

/** Every block type that the API answers with, in an order that it takes back; those that call or answer stand with their other half. */
const BLOCKS: Readonly<Record<Replied, readonly ContentBlock[]>> = {
  compaction: [{ type: "compaction", content: "Summed up.", encrypted_content: "ZW5j" }],
  fallback: [
    {
      type: "fallback",
      from: { model: "claude-fable-5-2" },
      to: { model: "claude-opus-5-5" },
      trigger: { type: "refusal", category: null },
    },
  ],
  mcp_tool_listing: [{ type: "mcp_tool_listing", mcp_server_name: "there", tools: [{ name: "look", input_schema: { type: "object" } }] }],
  thinking: [
    { type: "thinking", thinking: "" },
    { type: "thinking", thinking: "Two thoughts." },
  ],
  redacted_thinking: [{ type: "redacted_thinking" }],
  text: [
    {
      type: "text",
      text: "Read it.",
      citations: [{ type: "char_location", cited_text: "it", document_index: 0, start_char_index: 0, end_char_index: 2 }],
    },
  ],
  server_tool_use: [],
  web_search_tool_result: [
    server("srvtoolu_1", "web_search"),
    result("web_search_tool_result", "srvtoolu_1", [
      { type: "web_search_result", url: "https://example.com", title: "t", encrypted_content: "ZQ==", page_age: null },
    ]),
  ],
  web_fetch_tool_result: [
    server("srvtoolu_2", "web_fetch"),
    result("web_fetch_tool_result", "srvtoolu_2", { type: "web_fetch_tool_result_error", error_code: "unavailable" }),
  ],
  code_execution_tool_result: [
    server("srvtoolu_3", "code_execution"),
    result("code_execution_tool_result", "srvtoolu_3", {
      type: "encrypted_code_execution_result",
      encrypted_stdout: "ZQ==",
      return_code: 0,
      stderr: "",
      content: [],
    }),
  ],
  bash_code_execution_tool_result: [
    server("srvtoolu_4", "bash_code_execution"),
    result("bash_code_execution_tool_result", "srvtoolu_4", {
      type: "bash_code_execution_result",
      stdout: "",
      stderr: "",
      return_code: 1,
      content: [],
    }),
  ],
  text_editor_code_execution_tool_result: [
    server("srvtoolu_5", "text_editor_code_execution"),
    result("text_editor_code_execution_tool_result", "srvtoolu_5", {
      type: "text_editor_code_execution_create_result",
      is_file_update: false,
    }),
  ],
  tool_search_tool_result: [
    server("srvtoolu_6", "tool_search_tool_regex"),
    result("tool_search_tool_result", "srvtoolu_6", {
      type: "tool_search_tool_search_result",
      tool_references: [{ type: "tool_reference", tool_name: "look" }],
    }),
  ],
  advisor_tool_result: [
    server("srvtoolu_7", "advisor"),
    result("advisor_tool_result", "srvtoolu_7", { type: "advisor_redacted_result", encrypted_content: "ZQ==" }),
  ],
  mcp_tool_use: [],
  mcp_tool_result: [
    { type: "mcp_tool_use", id: "mcptoolu_1", name: "look", server_name: "there", input: deep },
    { ...result("mcp_tool_result", "mcptoolu_1", [{ type: "text", text: "Seen." }]), is_error: false },
  ],
  container_upload: [{ type: "container_upload", file_id: "file_1" }],
  tool_use: [{ type: "tool_use", id: "toolu_1", name: "elsewhere", input: deep, caller: { type: "direct" }, toolset_name: "kit" }],
};

const LATER: readonly ContentBlock[] = [
  { type: "hologram", light: deep, nothing: null, type_of_tomorrow: [[]] },
  { type: "connector_text", text: "Connected." },
];

/** A block of a later type whose stream has deltas of later types. */
const LATER_STREAMED: StreamedBlock = {
  block: { type: "hologram", light: [] },
  deltas: [
    { type: "light_delta", light: "red" },
    { type: "light_delta", light: { deep: [1] } },
  ],
};

/** All of them, with those that exist not yet among them; the call of the caller's tool last, as in every recorded reply. */
export function hardReply({ streamed }: { readonly streamed: boolean }): readonly (ContentBlock | StreamedBlock)[] {
  const { tool_use: calls, ...others } = BLOCKS;
  return [...Object.values(others).flat(), ...LATER, ...(streamed ? [LATER_STREAMED] : []), ...calls];
}

export const ANSWER = { type: "tool_result", tool_use_id: "toolu_1", toolset_name: "kit", content: "Found." } as const;

/** The tools and servers that the reply speaks of. */
export const SETTINGS = {
  model: "claude-opus-5-5",
  max_tokens: 4096,
  betas: ["mcp-client-2025-11-20" as const],
  mcp_servers: [{ type: "url" as const, url: "https://example.com/mcp", name: "there" }],
  tools: [
    { name: "elsewhere", input_schema: { type: "object" as const } },
    { type: "mcp_toolset" as const, mcp_server_name: "there" },
  ],
};
