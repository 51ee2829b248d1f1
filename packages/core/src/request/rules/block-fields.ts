import type { BlockView } from "./request-view.ts";
import { listOf } from "./request-view.ts";
import type { Rule } from "./rule.ts";

const TYPES = "@anthropic-ai/sdk 1.12.0 ContentBlockParam, where the field is required";

export const BLOCK_FIELD_RULES: readonly Rule[] = [
  {
    id: "block-field-missing",
    group: "structure",
    says: "A block of a known type lacks a field that its type requires, or has it as something else than text where it is text.",
    status: 400,
    text: "{path}.{type}.{field}: Field required",
    textPublished: false,
    confidence: "official",
    source: TYPES,
    check(request, report) {
      for (const view of request.blocks) {
        for (const field of missingFields(view)) {
          report(view.path, { path: view.apiPath, type: view.block.type, field });
        }
      }
    },
  },
  {
    id: "tool-result-content-shape",
    group: "structure",
    says: "A tool_result's content is neither text nor a list of blocks.",
    status: 400,
    text: "{path}.tool_result.content: Input should be a valid string or list",
    textPublished: false,
    confidence: "official",
    source: "@anthropic-ai/sdk 1.12.0 ToolResultBlockParam",
    check(request, report) {
      for (const { block, path, apiPath } of request.blocks) {
        if (block.type !== "tool_result") continue;
        const { content } = block;
        const absent = content === undefined || content === null;
        if (!absent && typeof content !== "string" && !Array.isArray(content)) {
          report(`${path}.content`, { path: apiPath });
        }
      }
    },
  },
  {
    id: "list-entry-shape",
    group: "structure",
    says: "An entry of `system` or `tools` is not an object, or one of `stop_sequences` is not text.",
    status: 400,
    text: "{path}: Input should be {kind}",
    textPublished: false,
    confidence: "official",
    source: "@anthropic-ai/sdk 1.12.0 MessageCreateParamsBase",
    check(request, report) {
      for (const [field, kind] of Object.entries(ENTRIES)) {
        listOf(request.body[field]).forEach((entry, index) => {
          const path = `${field}.${index}`;
          const fits = kind === TEXT ? typeof entry === "string" : typeof entry === "object" && entry !== null && !Array.isArray(entry);
          if (!fits) report(path, { path, kind });
        });
      }
    },
  },
];

const TEXT = "a valid string";
const OBJECT = "a valid dictionary";
const ENTRIES: Readonly<Record<string, string>> = {
  system: OBJECT,
  tools: OBJECT,
  stop_sequences: TEXT,
};

/** By block type: the fields that must be text, and those that must be there. `signature` has a rule of its own. */
const REQUIRED: ReadonlyMap<string, { readonly text: readonly string[]; readonly any: readonly string[] }> = new Map([
  ["text", { text: ["text"], any: [] }],
  ["thinking", { text: ["thinking"], any: [] }],
  ["redacted_thinking", { text: ["data"], any: [] }],
  ["tool_use", { text: ["id", "name"], any: ["input"] }],
  ["tool_result", { text: ["tool_use_id"], any: [] }],
  ["server_tool_use", { text: ["id", "name"], any: ["input"] }],
  ["image", { text: [], any: ["source"] }],
  ["document", { text: [], any: ["source"] }],
]);

function missingFields({ block }: BlockView): readonly string[] {
  const required = REQUIRED.get(block.type);
  if (required === undefined) return [];
  const missing: string[] = [];
  for (const field of required.text) if (typeof block[field] !== "string") missing.push(field);
  for (const field of required.any) if (block[field] === undefined || block[field] === null) missing.push(field);
  return missing;
}
