import { RESULT_BLOCK_TYPES } from "./request-shapes.ts";
import { isFields } from "./request-view.ts";
import type { Rule } from "./rule.ts";

export const BLOCK_PLACE_RULES: readonly Rule[] = [
  {
    id: "tool-input-shape",
    group: "tools",
    says: "A tool_use's input is something else than an object.",
    status: 400,
    text: "{path}.tool_use.input: Input should be a valid dictionary",
    confidence: "high",
    source:
      "https://github.com/anthropics/anthropic-sdk-typescript/issues/648 ; https://github.com/anthropics/claude-code/issues/6696 ; https://github.com/prism-php/prism/issues/659",
    check(request, report) {
      for (const { block, path, apiPath } of request.blocks) {
        const { input } = block;
        if (block.type !== "tool_use" || input === undefined || input === null || isFields(input)) continue;
        report(`${path}.input`, { path: apiPath });
      }
    },
  },
  {
    id: "tool-result-block-type",
    group: "tools",
    says: "A tool_result holds a block of a type that its type does not list. It is sent all the same: a newer API may know it.",
    status: 400,
    text: "{path}: Input tag '{type}' found using 'type' does not match any of the expected tags: {tags}",
    textPublished: false,
    confidence: "high",
    source: "@anthropic-ai/sdk 1.12.0 ToolResultBlockParam, BetaToolResultBlockParam",
    check(request, report) {
      for (const { block, path, apiPath, parent } of request.blocks) {
        if (parent === undefined || RESULT_BLOCK_TYPES.includes(block.type)) continue;
        report(path, { path: apiPath, type: block.type, tags: RESULT_BLOCK_TYPES.map((type) => `'${type}'`).join(", ") });
      }
    },
  },
  {
    id: "block-in-wrong-role",
    group: "structure",
    says: "An image is directly in an assistant message, or thinking or a server tool's call in a user message.",
    status: 400,
    text: "{path}: `{type}` blocks are not permitted within {role} turns",
    textPublished: false,
    confidence: "medium",
    source: "https://github.com/SEMOSS/Semoss/issues/2323 for images; for the others, that only the model writes them",
    check(request, report) {
      for (const turn of request.turns) {
        for (const { block, path, apiPath } of turn.blocks) {
          const wanted = ROLES.get(block.type);
          if (wanted === undefined || turn.role === wanted || (turn.role !== "user" && turn.role !== "assistant")) continue;
          report(path, { path: apiPath, type: block.type, role: turn.role });
        }
      }
    },
  },
];

/** Documents, tool_use and tool_result have rules of their own, and so have system messages. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ["image", "user"],
  ["thinking", "assistant"],
  ["redacted_thinking", "assistant"],
  ["server_tool_use", "assistant"],
  ["mcp_tool_use", "assistant"],
]);
