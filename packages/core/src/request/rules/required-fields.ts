import type { Rule } from "./rule.ts";
import { isFields } from "./request-view.ts";
import { olderVersion } from "./structure.ts";

const SDK = "public code ; @anthropic-ai/sdk 1.12.0 MessageCreateParamsBase, where it is required";

export const REQUIRED_FIELD_RULES: readonly Rule[] = [
  {
    id: "body-shape",
    group: "structure",
    says: "The body is not an object.",
    status: 400,
    text: "Input should be a valid dictionary",
    textPublished: false,
    confidence: "official",
    source: "@anthropic-ai/sdk 1.12.0 MessageCreateParamsBase",
    // Reported by validateRequest itself: no other rule can look at such a body.
    check() {},
  },
  {
    id: "max-tokens-missing",
    group: "structure",
    says: "`max_tokens` is missing; counting tokens does not need it.",
    status: 400,
    text: "max_tokens: Field required",
    confidence: "official",
    source: SDK,
    check(request, report) {
      if (request.endpoint === "messages" && request.body["max_tokens"] === undefined) report("max_tokens");
    },
  },
  {
    id: "model-missing",
    group: "structure",
    says: "`model` is missing. Bedrock and Vertex have it in the address and `anthropic_version` in the body.",
    status: 400,
    text: "model: Field required",
    confidence: "official",
    source: SDK,
    check(request, report) {
      if (request.body["model"] === undefined && !olderVersion(request.body)) report("model");
    },
  },
  {
    id: "field-shape",
    group: "structure",
    says: "A field has a value of another kind than the API's types give it.",
    status: 400,
    text: "{field}: Input should be {kind}",
    textPublished: false,
    confidence: "official",
    source: "@anthropic-ai/sdk 1.12.0 MessageCreateParamsBase",
    check(request, report) {
      for (const [field, [kind, fits]] of Object.entries(KINDS)) {
        const value = request.body[field];
        if (value !== undefined && value !== null && !fits(value)) report(field, { field, kind });
      }
    },
  },
];

// What `null` stands for differs by field and is the API's to say, so it passes here.
const KINDS: Readonly<Record<string, readonly [kind: string, fits: (value: unknown) => boolean]>> = {
  model: ["a valid string", (value) => typeof value === "string"],
  max_tokens: ["a valid integer", (value) => Number.isInteger(value) && (value as number) >= 0],
  system: ["a string or a list of text blocks", (value) => typeof value === "string" || Array.isArray(value)],
  tools: ["a valid list", Array.isArray],
  tool_choice: ["a valid dictionary", isFields],
  thinking: ["a valid dictionary", isFields],
  output_config: ["a valid dictionary", isFields],
  stop_sequences: ["a valid list", Array.isArray],
  metadata: ["a valid dictionary", isFields],
};
