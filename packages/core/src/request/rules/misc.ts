import type { Rule } from "./rule.ts";
import { fieldsOf, type Fields } from "./request-view.ts";
import { isSet } from "./limits.ts";

export const MISC_RULES: readonly Rule[] = [
  {
    id: "citations-with-format",
    group: "misc",
    says: "A document or search result has citations enabled, and output_config.format is set.",
    status: 400,
    text: "output_config.format: structured outputs are not supported with citations",
    textPublished: false,
    confidence: "official",
    source: "https://platform.claude.com/docs/en/build-with-claude/citations",
    check(request, report) {
      if (!isSet(fieldsOf(request.body["output_config"])["format"])) return;
      for (const { block, path } of request.blocks) if (fieldsOf(block["citations"])["enabled"] === true) report(`${path}.citations`);
    },
  },
  {
    id: "inference-geo-unsupported",
    group: "misc",
    says: "inference_geo is set on a model of Claude 4.5 or older.",
    status: 400,
    text: "inference_geo: not supported for this model",
    textPublished: false,
    confidence: "official",
    source: "platform.claude.com/docs: data residency",
    check(request, report) {
      if (request.model?.inferenceGeo === false && isSet(request.body["inference_geo"])) report("inference_geo");
    },
  },
  {
    id: "message-field-unknown",
    group: "structure",
    says: "A message has a field beside role and content, for example the id and usage of a reply that was sent back whole.",
    status: 400,
    text: "{path}: Extra inputs are not permitted",
    confidence: "high",
    source: "public code ; additionalProperties: false in the API's OpenAPI document",
    check(request, report) {
      for (const { fields, path } of request.messages) {
        const known = fields["role"] === "system" ? SYSTEM_FIELDS : MESSAGE_FIELDS;
        for (const field of unknownFields(fields, known)) report(`${path}.${field}`, { path: `${path}.${field}` });
      }
    },
  },
  {
    id: "field-unknown",
    group: "structure",
    says: "The body has a field that this package does not know, or over the wire one that the SDK turns into a header. It is sent all the same: a newer API may know it.",
    status: 400,
    text: "{field}: Extra inputs are not permitted",
    confidence: "high",
    source: "public code ; additionalProperties: false in the API's OpenAPI document",
    check(request, report) {
      const known = request.form === "wire" ? WIRE_FIELDS : BODY_FIELDS;
      for (const field of unknownFields(request.body, known)) report(field, { field });
    },
  },
];

const MESSAGE_FIELDS: ReadonlySet<string> = new Set(["role", "content"]);
const SYSTEM_FIELDS: ReadonlySet<string> = new Set(["role", "content", "clear_at", "output_config"]);

/** The request params of `@anthropic-ai/sdk` 1.12.0, general and beta, and those that older versions and platforms take. */
export const BODY_FIELDS: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "max_tokens",
  "system",
  "tools",
  "tool_choice",
  "stream",
  "stop_sequences",
  "metadata",
  "thinking",
  "output_config",
  "cache_control",
  "container",
  "context_management",
  "mcp_servers",
  "service_tier",
  "speed",
  "inference_geo",
  "diagnostics",
  "fallbacks",
  "fallback_credit_token",
  "compaction",
  "thread",
  "billing_policy",
  "betas",
  "output_format",
  "user_profile_id",
  "workspace_id",
  "temperature",
  "top_p",
  "top_k",
  "anthropic_version",
  "anthropic_beta",
]);

/** The params that the SDK's clients send as headers, and not in the body. */
export const HEADER_PARAMS: readonly string[] = ["betas", "user_profile_id", "workspace_id"];

const WIRE_FIELDS: ReadonlySet<string> = new Set([...BODY_FIELDS].filter((field) => !HEADER_PARAMS.includes(field)));

/** Fields with a value: `undefined` is not sent. */
function unknownFields(fields: Fields, known: ReadonlySet<string>): readonly string[] {
  return Object.keys(fields).filter((field) => !known.has(field) && fields[field] !== undefined);
}
