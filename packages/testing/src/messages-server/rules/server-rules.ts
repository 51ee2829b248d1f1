import type { ApiError } from "../api-error.ts";
import { ERROR_TYPES } from "../api-error.ts";

/** How sure a rule is: a recorded answer shows it, Anthropic documents it, or public code and issues agree on it. */
type Certainty = "recorded" | "official" | "hearsay";

export interface ServerRule {
  readonly status: number;
  /** What is rejected. */
  readonly says: string;
  /** The API's text, with `{name}` for what is filled in. */
  readonly text: string;
  readonly certainty: Certainty;
}

/** The rules that need more than a body to be checked: headers, keys, signatures, counts. Those of the body alone are core's. */
export const SERVER_RULES = {
  "body-too-large": { status: 413, says: "The body is over 32 MB.", text: "Request exceeds the maximum size", certainty: "hearsay" },
  "body-not-json": { status: 400, says: "The body is not JSON.", text: "The request body is not valid JSON", certainty: "hearsay" },
  "key-missing": {
    status: 401,
    says: "There is neither a bearer token nor an x-api-key header.",
    text: "x-api-key header is required",
    certainty: "hearsay",
  },
  "key-invalid": { status: 401, says: "The key is not one of `apiKeys`.", text: "invalid x-api-key", certainty: "recorded" },
  "version-header-missing": {
    status: 400,
    says: "There is no anthropic-version header.",
    text: "anthropic-version: header is required",
    certainty: "hearsay",
  },
  "beta-header-unknown": {
    status: 400,
    says: "An anthropic-beta value is unknown.",
    text: "Unexpected value(s) {values} for the `anthropic-beta` header. Please consult our documentation at platform.claude.com/docs or try again without the header.",
    certainty: "official",
  },
  "model-unknown": { status: 404, says: "There is no model of that name.", text: "model: {model}", certainty: "recorded" },
  "thread-not-found": {
    status: 404,
    says: "A message thread is continued; this server keeps none.",
    text: "thread not found",
    certainty: "hearsay",
  },
  "field-without-beta": {
    status: 400,
    says: "A field that only the beta endpoint's types have is there without its beta header.",
    text: "{field}: Extra inputs are not permitted",
    certainty: "hearsay",
  },
  "block-binding-without-beta": {
    status: 400,
    says: "`thinking.block_binding` is set without its beta header.",
    text: "thinking.block_binding: Extra inputs are not permitted",
    certainty: "hearsay",
  },
  "thinking-signature-invalid": {
    status: 400,
    says: "A signature was not made by this server, or its block was changed.",
    text: "{path}: Invalid `signature` in `{type}` block",
    certainty: "hearsay",
  },
  "thinking-changed": {
    status: 400,
    says: "A thinking block of the latest assistant message was changed, moved or has lost one before it.",
    text: "{path}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.",
    certainty: "official",
  },
  "thinking-bound-elsewhere": {
    status: 400,
    says: "On models that bind thinking: `system`, `tools` or an earlier message is not as it was when the block was made.",
    text: '{path}: Invalid `signature` in `{type}` block. The block is bound to a different conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block". That setting requires the `thinking-binding-controls-2026-08-01` value in the `anthropic-beta` header.{why}',
    certainty: "hearsay",
  },
  "compaction-with-other": {
    status: 400,
    says: "A request for compaction has `context_management`, `stop_sequences`, `output_config.format` or a forced `tool_choice`.",
    text: "{field}: cannot be combined with `compaction`",
    certainty: "official",
  },
  "compaction-nothing-to-summarize": {
    status: 400,
    says: "A request for compaction has no messages.",
    text: "compaction: there is nothing to summarize",
    certainty: "official",
  },
  "compaction-block-without-beta": {
    status: 400,
    says: "A signed compaction block comes back without the beta of compaction on demand.",
    text: "messages: Input tag 'compaction' found using 'type' does not match any of the expected tags",
    certainty: "official",
  },
  "compaction-block-ambiguous": {
    status: 400,
    says: "There is more than one signed compaction block.",
    text: "`messages` holds more than one `compaction` block with content. Send only the block the conversation returned last.",
    certainty: "official",
  },
  "compaction-block-misplaced": {
    status: 400,
    says: "A signed compaction block is not the first block of the conversation.",
    text: "The `compaction` block is not the first block of the conversation, or is in a `system` message.",
    certainty: "official",
  },
  "compaction-signature-invalid": {
    status: 400,
    says: "A compaction block was not signed by this server, or was changed.",
    text: "The `compaction` block's `signature` does not verify.",
    certainty: "official",
  },
  "prompt-too-long": {
    status: 400,
    says: "The prompt is longer than the model's context window.",
    text: "prompt is too long: {tokens} tokens > {max} maximum",
    certainty: "recorded",
  },
} as const satisfies Record<string, ServerRule>;

export type ServerRuleId = keyof typeof SERVER_RULES;

/** The answer to a request that breaks a rule. */
export function broken(id: ServerRuleId, values: Readonly<Record<string, string | number>> = {}): ApiError {
  const { status, text } = SERVER_RULES[id];
  const message = text.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
  return { status, type: ERROR_TYPES[status]!, message, ...EXTRAS[id] };
}

const EXTRAS: Partial<Record<ServerRuleId, Partial<ApiError>>> = {
  // Answered by what stands in front of the API: recordings show neither `type` nor `request_id` at the top.
  "body-too-large": { bare: true },
  "thread-not-found": { details: { error_code: "thread_not_found" } },
  "compaction-nothing-to-summarize": { details: { error_code: "compaction_nothing_to_summarize" } },
  "compaction-block-ambiguous": { details: { error_code: "compaction_block_ambiguous" } },
  "compaction-block-misplaced": { details: { error_code: "compaction_block_misplaced" } },
  "compaction-signature-invalid": { details: { error_code: "compaction_signature_invalid" } },
};
