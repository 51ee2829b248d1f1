import type { Rule } from "./rule.ts";
import { fieldsOf, isFields, listOf, type Fields, type RequestView } from "./request-view.ts";

export const TOOL_DEFINITION_RULES: readonly Rule[] = [
  {
    id: "tool-name-pattern",
    group: "tools",
    says: "A tool's name has other characters than letters, digits, `_` and `-`, or none.",
    status: 400,
    text: "tools.{i}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    confidence: "high",
    source:
      "https://github.com/home-assistant/core/issues/147760 ; with 64 characters in 2025: https://github.com/anthropics/claude-code/issues/1423",
    check(request, report) {
      for (const { name, path, i } of customTools(request)) {
        if (typeof name === "string" && !/^[a-zA-Z0-9_-]+$/.test(name)) report(`${path}.name`, { i });
      }
    },
  },
  {
    id: "tool-name-too-long",
    group: "tools",
    says: "A tool's name is longer than 128 characters.",
    status: 400,
    text: "tools.{i}.custom.name: String should have at most 128 characters",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/96152 (2026-09-22)",
    check(request, report) {
      for (const { name, path, i } of customTools(request)) {
        if (typeof name === "string" && name.length > 128) report(`${path}.name`, { i });
      }
    },
  },
  {
    id: "tool-name-repeated",
    group: "tools",
    says: "Two tools have one name.",
    status: 400,
    text: "Tool names must be unique",
    confidence: "medium",
    source: "public code; whether a path stands before the text is not known",
    check(request, report) {
      const seen = new Set<unknown>();
      for (const { tool, path } of request.tools) {
        const { name } = tool;
        if (typeof name === "string" && seen.has(name)) report(`${path}.name`);
        seen.add(name);
      }
    },
  },
  {
    id: "tool-schema-invalid",
    group: "tools",
    says: "A tool's input_schema is not a JSON Schema of an object. Seen are its outermost keywords only, not whether the whole is valid.",
    status: 400,
    text: "tools.{i}.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.",
    confidence: "high",
    source: "public code",
    check(request, report) {
      for (const { tool, path, i } of customTools(request)) {
        const schema = tool["input_schema"];
        if (schema === undefined) report(path, { i }, "tools.{i}.custom.input_schema: Field required");
        else if (!isObjectSchema(schema)) report(`${path}.input_schema`, { i });
      }
    },
  },
  {
    id: "tool-schema-combinator",
    group: "tools",
    says: "A tool's input_schema has oneOf, allOf or anyOf at its top level.",
    status: 400,
    text: "tools.{i}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level",
    confidence: "high",
    source: "public code",
    check(request, report) {
      for (const { tool, path, i } of customTools(request)) {
        const schema = fieldsOf(tool["input_schema"]);
        if (["oneOf", "allOf", "anyOf"].some((keyword) => schema[keyword] !== undefined)) report(`${path}.input_schema`, { i });
      }
    },
  },
  {
    id: "tools-all-deferred",
    group: "tools",
    says: "Every tool has defer_loading.",
    status: 400,
    text: "All tools have defer_loading: true",
    confidence: "official",
    source: "https://platform.claude.com/docs/en/agents-and-tools/tool-use/troubleshooting-tool-use",
    check(request, report) {
      const { tools } = request;
      if (tools.length > 0 && tools.every(({ tool }) => tool["defer_loading"] === true)) report("tools");
    },
  },
  {
    id: "tool-choice-unknown-tool",
    group: "tools",
    says: "tool_choice names a tool that is not in `tools`. Not looked at where a toolset or an MCP server adds names that the body does not show.",
    status: 400,
    text: "Tool '{name}' not found in provided tools",
    confidence: "high",
    source: "public code",
    check(request, report) {
      const choice = fieldsOf(request.body["tool_choice"]);
      const { name } = choice;
      if (choice["type"] !== "tool" || typeof name !== "string" || addsNames(request)) return;
      if (!request.tools.some(({ tool }) => tool["name"] === name)) report("tool_choice.name", { name });
    },
  },
  {
    id: "tool-choice-with-manual-thinking",
    group: "tools",
    says: "tool_choice forces a tool while thinking.type is enabled.",
    status: 400,
    text: "Thinking may not be enabled when tool_choice forces tool use.",
    confidence: "official",
    source: "https://platform.claude.com/docs/en/build-with-claude/thinking#thinking-with-tool-use ; text: public code",
    check(request, report) {
      if (forcesTool(request.body) && fieldsOf(request.body["thinking"])["type"] === "enabled") report("tool_choice");
    },
  },
  {
    id: "tool-choice-forced-unsupported",
    group: "tools",
    says: "tool_choice forces a tool, and the model takes no forced tool use.",
    status: 400,
    text: "tool_choice: forcing tool use is not supported for this model",
    textPublished: false,
    confidence: "official",
    source: "https://platform.claude.com/docs/en/models/sonnet-5-5/whats-new-sonnet-5-5#forced-tool-use-is-not-supported",
    check(request, report) {
      if (request.model?.forcedToolChoice === false && forcesTool(request.body)) report("tool_choice");
    },
  },
];

/** Whether the model must call a tool. */
export function forcesTool(body: Fields): boolean {
  const { type } = fieldsOf(body["tool_choice"]);
  return type === "any" || type === "tool";
}

interface CustomTool {
  readonly tool: Fields;
  readonly name: unknown;
  readonly path: string;
  readonly i: string;
}

/** The tools that the caller defines: those of type `custom` or of none. */
function customTools(request: RequestView): readonly CustomTool[] {
  return request.tools.flatMap(({ tool, path }) => {
    const { type } = tool;
    const custom = type === undefined || type === null || type === "custom";
    return custom ? [{ tool, name: tool["name"], path, i: path.slice("tools.".length) }] : [];
  });
}

function isObjectSchema(schema: unknown): boolean {
  if (!isFields(schema)) return false;
  const { type, properties, required } = schema;
  return (
    type === "object" &&
    (properties === undefined || isFields(properties)) &&
    (required === undefined || (Array.isArray(required) && required.every((name) => typeof name === "string")))
  );
}

function addsNames(request: RequestView): boolean {
  if (listOf(request.body["mcp_servers"]).length > 0) return true;
  return request.tools.some(({ tool }) => typeof tool["type"] === "string" && tool["type"].includes("toolset"));
}
