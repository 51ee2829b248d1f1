import { halfCharacterIn } from "../../messages/half-character.ts";
import { textOf } from "./request-view.ts";
import type { Rule } from "./rule.ts";
import { olderVersion } from "./structure.ts";

export const CONTENT_RULES: readonly Rule[] = [
  {
    id: "content-empty",
    group: "structure",
    says: "A message has no content, and is not the last one with role assistant.",
    status: 400,
    text: "messages.{i}: all messages must have non-empty content except for the optional final assistant message",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/6774 ; https://github.com/microsoft/autogen/issues/6083",
    check(request, report) {
      request.messages.forEach(({ role, fields, path, index }, at) => {
        const empty = fields["content"] === "" || (Array.isArray(fields["content"]) && fields["content"].length === 0);
        const final = at === request.messages.length - 1 && role === "assistant";
        if (empty && !final) report(path, { i: index });
      });
    },
  },
  {
    id: "text-empty",
    group: "structure",
    says: "A text block of a message is empty.",
    status: 400,
    text: "messages: text content blocks must be non-empty",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/53473 ; https://github.com/anthropics/claude-code/issues/59812",
    check(request, report) {
      for (const view of request.blocks) if (textOf(view) === "") report(view.path);
    },
  },
  {
    id: "text-blank",
    group: "structure",
    says: "A text block of a message is nothing but white space.",
    status: 400,
    text: "messages: text content blocks must contain non-whitespace text",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/23440 ; https://github.com/anthropics/claude-code/issues/23352",
    counterEvidence:
      "a recorded request with an assistant text block of one space was accepted (https://github.com/simonw/llm-anthropic test_tools.yaml)",
    check(request, report) {
      for (const view of request.blocks) {
        const text = textOf(view);
        if (text !== undefined && text !== "" && text.trim() === "") report(view.path);
      }
    },
  },
  {
    id: "system-text-empty",
    group: "structure",
    says: "A text block of `system` is empty.",
    status: 400,
    text: "system: text content blocks must be non-empty",
    confidence: "medium",
    source: "public code",
    check(request, report) {
      for (const view of request.system) if (view.path !== "system" && textOf(view) === "") report(view.path);
    },
  },
  {
    id: "text-half-character",
    group: "structure",
    says: "A text, wherever it stands, holds half of a surrogate pair, as cutting it in the middle of an emoji leaves it.",
    status: 400,
    text: "The request body is not valid JSON: no low surrogate in string",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/60394 ; https://github.com/anthropics/claude-code/issues/2108",
    check(request, report) {
      const { system, tools } = request.body;
      const found = halfCharacterIn({ ...(system !== undefined && { system }), ...(tools !== undefined && { tools }) });
      if (found !== undefined) report(found);
      for (const { fields, path } of request.messages) {
        const inMessage = halfCharacterIn(fields["content"], `${path}.content`);
        if (inMessage !== undefined) report(inMessage);
      }
    },
  },
  {
    id: "block-type-unknown",
    group: "structure",
    says: "A block's type is not one that this package knows. It is sent all the same: the API may know it.",
    status: 400,
    text: "messages.{i}.content.{j}: Input tag '{type}' found using 'type' does not match any of the expected tags: {tags}",
    confidence: "high",
    source: "public code",
    check(request, report) {
      for (const turn of request.turns) {
        turn.blocks.forEach((view, j) => {
          if (KNOWN_TYPES.has(view.block.type)) return;
          report(view.path, { i: turn.apiIndex, j, type: view.block.type, tags: TAGS });
        });
      }
    },
  },
  {
    id: "document-in-assistant-message",
    group: "structure",
    says: "A document block is directly in an assistant message (since API version 2026-10-21).",
    status: 400,
    text: "{path}: `document` blocks are not accepted in `assistant` messages",
    textPublished: false,
    confidence: "official",
    source: "platform.claude.com/docs: API versioning, 2026-10-21",
    check(request, report) {
      if (olderVersion(request.body)) return;
      for (const view of request.blocks) {
        if (view.role === "assistant" && view.parent === undefined && view.block.type === "document")
          report(view.path, { path: view.apiPath });
      }
    },
  },
  {
    id: "citations-in-user-text",
    group: "structure",
    says: "A text block of a user message has citations (since API version 2026-10-21).",
    status: 400,
    text: "{path}: `citations` are not accepted in `text` blocks of `user` messages",
    textPublished: false,
    confidence: "official",
    source: "platform.claude.com/docs: API versioning, 2026-10-21",
    check(request, report) {
      if (olderVersion(request.body)) return;
      for (const view of request.blocks) {
        if (view.block.type !== "text" || view.role !== "user") continue;
        const { citations } = view.block;
        if (Array.isArray(citations) && citations.length > 0) report(view.path, { path: view.apiPath });
      }
    },
  },
];

/** Every block type in the types of `@anthropic-ai/sdk` 1.12.0, general and beta, and one that only its comments name. */
export const KNOWN_TYPES: ReadonlySet<string> = new Set([
  "advisor_tool_result",
  "bash_code_execution_tool_result",
  "code_execution_tool_result",
  "compaction",
  "connector_text",
  "container_upload",
  "document",
  "fallback",
  "image",
  "mcp_tool_listing",
  "mcp_tool_result",
  "mcp_tool_use",
  "redacted_thinking",
  "search_result",
  "server_tool_use",
  "text",
  "text_editor_code_execution_tool_result",
  "thinking",
  "tool_addition",
  "tool_removal",
  "tool_result",
  "tool_search_tool_result",
  "tool_use",
  "web_fetch_tool_result",
  "web_search_tool_result",
]);

const TAGS = [...KNOWN_TYPES].map((type) => `'${type}'`).join(", ");
