import { invalidRequest, type ApiError } from "../api-error.ts";
import type { Segment } from "../prompt.ts";
import { isThinking, originOf, type Origin, type Signer } from "../signatures.ts";

export type MismatchBehavior = "error" | "drop_block";

/** A thinking block that was taken out of the prompt, as `input_transformations` reports it. */
export interface ThinkingDropped {
  readonly type: "thinking_dropped";
  readonly path: string;
  readonly reason: "model_binding_mismatch" | "prefix_binding_mismatch";
}

export interface BindingQuestion {
  readonly segments: readonly Segment[];
  readonly model: string;
  /** Whether this model binds a thinking block to everything before it. */
  readonly binds: boolean;
  readonly onMismatch: MismatchBehavior;
  readonly signer: Signer;
}

export type BindingAnswer = { readonly error: ApiError } | { readonly segments: readonly Segment[]; readonly dropped: readonly ThinkingDropped[] };

/** Checks every thinking block of a prompt: that it was made here, that it is unchanged, and that its prefix is. */
export function checkThinking(question: BindingQuestion): BindingAnswer {
  const latestTurn = startOfLatestAssistantTurn(question.segments);
  const dropped: ThinkingDropped[] = [];
  for (const [at, segment] of question.segments.entries()) {
    if (!isThinking(segment.block) || segment.role !== "assistant") continue;
    const signature = question.signer.read(segment.block);
    if (signature === undefined) return { error: invalidSignature(segment) };
    if (!signature.intact) return { error: at >= latestTurn ? modified(segment) : invalidSignature(segment) };
    const here = originOf(question.model, question.segments.slice(0, at));
    if (!question.binds) {
      if (at >= latestTurn && signature.origin.thinking !== here.thinking) return { error: modified(segment) };
      continue;
    }
    if (signature.origin.model !== here.model) {
      dropped.push({ type: "thinking_dropped", path: segment.path, reason: "model_binding_mismatch" });
    } else if (!sameOrigin(signature.origin, here)) {
      if (question.onMismatch === "error") return { error: boundElsewhere(segment, signature.origin, here) };
      dropped.push({ type: "thinking_dropped", path: segment.path, reason: "prefix_binding_mismatch" });
    }
  }
  const gone = new Set(dropped.map((entry) => entry.path));
  return { segments: question.segments.filter((segment) => !gone.has(segment.path)), dropped };
}

function startOfLatestAssistantTurn(segments: readonly Segment[]): number {
  const last = segments.findLastIndex((segment) => segment.role === "assistant");
  return segments.findLastIndex((segment, at) => at <= last && segment.role !== "assistant") + 1;
}

function sameOrigin(left: Origin, right: Origin): boolean {
  return left.system === right.system && left.tools === right.tools && left.earlier === right.earlier && left.thinking === right.thinking;
}

function invalidSignature(segment: Segment): ApiError {
  return invalidRequest(`${segment.path}: Invalid \`signature\` in \`${segment.block.type}\` block`);
}

function modified(segment: Segment): ApiError {
  return invalidRequest(
    `${segment.path}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. ` +
      "These blocks must remain as they were in the original response.",
  );
}

function boundElsewhere(segment: Segment, made: Origin, here: Origin): ApiError {
  const why =
    made.system !== here.system
      ? " The `system` prompt differs from the one this block was created with."
      : made.thinking !== here.thinking
        ? " The `thinking` block that preceded this one when it was created is missing from this request."
        : "";
  return invalidRequest(
    `${segment.path}: Invalid \`signature\` in \`${segment.block.type}\` block. The block is bound to a different conversation. Remove the block, or set ` +
      '`thinking.block_binding.prefix_mismatch_behavior` to "drop_block". That setting requires the `thinking-binding-controls-2026-08-01` ' +
      `value in the \`anthropic-beta\` header.${why}`,
  );
}
