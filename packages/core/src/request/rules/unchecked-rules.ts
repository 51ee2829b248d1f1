import { OUTSIDE_RULES } from "./outside-rules.ts";
import type { RuleStatement } from "./rule.ts";

/** A rejection that validateRequest does not foresee, and why. */
export interface UncheckedRule extends RuleStatement {
  readonly why: string;
}

const TOKENS = "needs the model's tokenizer: count_tokens gives the number, the body does not";
const KEYED = "only the server can verify a signature";

/** Every rejection that is known and not checked. Nothing is left out of both tables. */
export const UNCHECKED_RULES: readonly UncheckedRule[] = [
  {
    id: "first-message-not-user",
    group: "structure",
    says: "The first message is not the user's.",
    status: 400,
    text: 'messages: first message must use the "user" role',
    confidence: "legacy",
    source: "public code",
    counterEvidence:
      "recorded: https://github.com/pydantic/pydantic-ai test_anthropic_model_empty_message_on_history.yaml starts with an assistant message and was accepted",
    why: "no longer holds",
  },
  {
    id: "roles-alternate",
    group: "structure",
    says: "Two messages in a row have one role.",
    status: 400,
    text: 'messages: roles must alternate between "user" and "assistant", but found multiple "user" roles in a row',
    confidence: "legacy",
    source: "https://github.com/lobehub/lobehub/issues/1496 ; https://github.com/etkecc/baibot/issues/13",
    counterEvidence:
      "https://platform.claude.com/docs/en/api/messages/create says that consecutive turns are combined; recorded requests with such messages were accepted",
    why: "no longer holds",
  },
  {
    id: "tools-missing",
    group: "tools",
    says: "There are tool blocks in `messages` and no `tools`.",
    status: 400,
    text: "Requests which include `tool_use` or `tool_result` blocks must define tools.",
    confidence: "medium",
    source: "public code",
    why: "not enforced lately; no recording shows it either way",
  },
  {
    id: "thinking-changed",
    group: "thinking",
    says: "A thinking block of the last assistant message is not as it was in the reply.",
    status: 400,
    text: "messages.{i}.content.{j}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.",
    confidence: "official",
    source:
      "https://platform.claude.com/docs/en/api/errors#thinking-blocks-cannot-be-modified ; https://github.com/anthropics/claude-code/issues/63574",
    why: "needs the reply as it was; the pass-through law of the stored conversation sees to it",
  },
  {
    id: "thinking-signature-invalid",
    group: "thinking",
    says: "A signature is not one of the API's.",
    status: 400,
    text: "messages.{i}.content.{j}: Invalid `signature` in `thinking` block",
    confidence: "high",
    source: "https://github.com/anthropics/anthropic-sdk-python/issues/1598 ; https://github.com/ding113/claude-code-hub/issues/518",
    why: KEYED,
  },
  {
    id: "thinking-bound-elsewhere",
    group: "thinking",
    says: "`system`, `tools` or an earlier message is not as it was when the thinking block was made.",
    status: 400,
    text: 'messages.{i}.content.{j}: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block". That setting requires the `thinking-binding-controls-2026-08-01` value in the `anthropic-beta` header. The `system` prompt differs from the one this block was created with.',
    confidence: "high",
    source:
      "https://github.com/anomalyco/opencode/issues/48637 (2026-09-12) ; https://github.com/kirodotdev/KiroCrew/pull/11513 ; @anthropic-ai/sdk 1.12.0 BetaThinkingBlockBinding",
    why: "needs the requests before this one; the prefix ledger of the stored conversation tells it",
  },
  {
    id: "prompt-too-long",
    group: "limits",
    says: "The prompt has more tokens than the context window.",
    status: 400,
    text: "prompt is too long: {n} tokens > {max} maximum",
    confidence: "recorded",
    source: "recorded: https://github.com/crmne/ruby_llm cassette handles_context_length_exceeded_errors.yml",
    why: TOKENS,
  },
  {
    id: "prompt-and-max-tokens-too-long",
    group: "limits",
    says: "On models before Claude 4.5, the prompt and max_tokens together are over the context window.",
    status: 400,
    text: "input length and `max_tokens` exceed context limit: {a} + {b} > {max}, decrease input length or `max_tokens` and try again",
    confidence: "high",
    source: "public code; later models answer with stop_reason model_context_window_exceeded (platform.claude.com/docs: context windows)",
    why: TOKENS,
  },
  {
    id: "request-over-context",
    group: "limits",
    says: "The request is larger than the context window (seen in August 2025).",
    status: 413,
    text: "invalid_request_error: Request size exceeds model context window",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/6368",
    why: TOKENS,
  },
  {
    id: "pdf-pages",
    group: "media",
    says: "The PDFs have more pages than the model takes: 100, or 600 with a window of 1M tokens.",
    status: 400,
    text: "A maximum of 100 PDF pages may be provided.",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/16136 ; platform.claude.com/docs: PDF support",
    why: "the page tree of most PDFs is compressed: counting needs a PDF library",
  },
  {
    id: "image-oversized-error",
    group: "misc",
    says: "An image would be scaled down, and its oversized_image is error.",
    status: 400,
    text: 'messages.{i}.content.{j}: image dimensions {w}x{h} exceed the maximum image size of a model named on this request and would be downsized to {w2}x{h2}; scale the image to at most {w2}x{h2} or set the image\'s oversized_image setting to "downsize".',
    confidence: "official",
    source: "platform.claude.com/docs: vision, coordinates",
    why: "the size at which each model scales down is not published as a rule that could be computed",
  },
  ...OUTSIDE_RULES,
];
