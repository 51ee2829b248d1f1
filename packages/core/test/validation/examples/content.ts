import { request, talk, text, toolResult, toolUse, type Example, type NearMiss } from "./example.ts";

export const CONTENT_EXAMPLES: readonly Example[] = [
  {
    rule: "block-field-missing",
    body: request({ messages: [{ role: "user", content: [{ type: "text" }] }] }),
    path: "messages.0.content.0",
    message: "messages.0.content.0.text.text: Field required",
  },
  {
    rule: "block-field-missing",
    body: request({
      messages: talk(["assistant", [{ ...toolUse("t"), input: undefined }]], ["user", [toolResult("t")]]),
    }),
    path: "messages.1.content.0",
    message: "messages.1.content.0.tool_use.input: Field required",
  },
  {
    rule: "tool-result-content-shape",
    body: request({
      messages: talk(["assistant", [toolUse("t")]], ["user", [toolResult("t", 7)]]),
    }),
    path: "messages.2.content.0.content",
    message: "messages.2.content.0.tool_result.content: Input should be a valid string or list",
  },
  {
    rule: "list-entry-shape",
    body: request({ tools: ["look"] }),
    path: "tools.0",
    message: "tools.0: Input should be a valid dictionary",
  },
  {
    rule: "list-entry-shape",
    body: request({ stop_sequences: ["a", 7] }),
    path: "stop_sequences.1",
    message: "stop_sequences.1: Input should be a valid string",
  },
  {
    rule: "content-empty",
    body: request({ messages: [{ role: "user", content: "" }] }),
    path: "messages.0",
    message: "messages.0: all messages must have non-empty content except for the optional final assistant message",
  },
  {
    rule: "content-empty",
    body: request({ messages: talk(["assistant", []], ["user", "Go on"]) }),
    path: "messages.1",
    message: "messages.1: all messages must have non-empty content except for the optional final assistant message",
  },
  {
    rule: "text-empty",
    body: request({ messages: talk(["assistant", [text("")]], ["user", "x"]) }),
    path: "messages.1.content.0",
    message: "messages: text content blocks must be non-empty",
  },
  {
    rule: "text-empty",
    body: request({
      messages: talk(["assistant", [toolUse("t")]], ["user", [toolResult("t", [text("a"), text("")])]]),
    }),
    path: "messages.2.content.0.content.1",
    message: "messages: text content blocks must be non-empty",
  },
  {
    rule: "text-blank",
    body: request({ messages: [{ role: "user", content: " \n" }] }),
    path: "messages.0.content",
    message: "messages: text content blocks must contain non-whitespace text",
  },
  {
    rule: "system-text-empty",
    body: request({ system: [text("Be brief."), text("")] }),
    path: "system.1",
    message: "system: text content blocks must be non-empty",
  },
  {
    rule: "text-half-character",
    body: request({ messages: [{ role: "user", content: [text("whole 🦜"), text("half \ud83e")] }] }),
    path: "messages.0.content.1.text",
    message: "The request body is not valid JSON: no low surrogate in string",
  },
  {
    rule: "text-half-character",
    body: request({ system: "half \ud83e" }),
    path: "system",
    message: "The request body is not valid JSON: no low surrogate in string",
  },
  {
    rule: "block-type-unknown",
    body: request({ messages: talk(["assistant", [{ type: "hologram" }]], ["user", "x"]) }),
    path: "messages.1.content.0",
    message:
      "messages.1.content.0: Input tag 'hologram' found using 'type' does not match any of the expected tags: 'advisor_tool_result', 'bash_code_execution_tool_result', 'code_execution_tool_result', 'compaction', 'connector_text', 'container_upload', 'document', 'fallback', 'image', 'mcp_tool_listing', 'mcp_tool_result', 'mcp_tool_use', 'redacted_thinking', 'search_result', 'server_tool_use', 'text', 'text_editor_code_execution_tool_result', 'thinking', 'tool_addition', 'tool_removal', 'tool_result', 'tool_search_tool_result', 'tool_use', 'web_fetch_tool_result', 'web_search_tool_result'",
  },
  {
    rule: "document-in-assistant-message",
    body: request({
      messages: talk(["assistant", [{ type: "document", source: { type: "text", data: "x" } }]], ["user", "x"]),
    }),
    path: "messages.1.content.0",
    message: "messages.1.content.0: `document` blocks are not accepted in `assistant` messages",
  },
  {
    rule: "citations-in-user-text",
    body: request({
      messages: [{ role: "user", content: [text("x", { citations: [{ type: "char_location" }] })] }],
    }),
    path: "messages.0.content.0",
    message: "messages.0.content.0: `citations` are not accepted in `text` blocks of `user` messages",
  },
];

export const CONTENT_NEAR_MISSES: readonly NearMiss[] = [
  {
    rule: "block-field-missing",
    body: request({
      messages: talk(
        ["assistant", [{ type: "thinking", thinking: "", signature: "s" }, toolUse("t")]],
        ["user", [toolResult("t", undefined)]],
      ),
    }),
  },
  {
    rule: "block-field-missing",
    body: request({ messages: talk(["assistant", [{ type: "hologram" }]], ["user", "x"]) }),
  },
  {
    rule: "tool-result-content-shape",
    body: request({
      messages: talk(["assistant", [toolUse("t")]], ["user", [toolResult("t", null)]]),
    }),
  },
  { rule: "content-empty", body: request({ messages: talk(["assistant", ""]) }) },
  { rule: "text-blank", body: request({ messages: [{ role: "user", content: " x " }] }) },
  { rule: "system-text-empty", body: request({ system: "" }) },
  { rule: "text-half-character", body: request({ system: "🦜", messages: [{ role: "user", content: "🦜\u0000\ufffd" }] }) },
  {
    rule: "citations-in-user-text",
    body: request({ messages: [{ role: "user", content: [text("x", { citations: [] })] }] }),
  },
  {
    rule: "citations-in-user-text",
    body: request({
      messages: talk(["assistant", [text("x", { citations: [{ type: "char_location" }] })]], ["user", "x"]),
    }),
  },
  {
    rule: "document-in-assistant-message",
    body: request({
      anthropic_version: "vertex-2023-10-16",
      messages: talk(["assistant", [{ type: "document" }]], ["user", "x"]),
    }),
  },
];
