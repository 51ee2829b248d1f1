import type { ApiError } from "../api-error.ts";
import type { Segment } from "../prompt.ts";
import { isThinking, Prefix, type Origin, type Signer } from "../signatures.ts";
import { broken } from "./server-rules.ts";

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

export type BindingAnswer =
  | { readonly error: ApiError }
  | { readonly segments: readonly Segment[]; readonly dropped: readonly ThinkingDropped[] };

/** Checks every thinking block of a prompt: that it was made here, that it is unchanged, and that what stands before it is. */
export function checkThinking(question: BindingQuestion): BindingAnswer {
  const latestTurn = startOfLatestAssistantTurn(question.segments);
  const prefix = new Prefix();
  const dropped: ThinkingDropped[] = [];
  for (const [at, segment] of question.segments.entries()) {
    if (isThinking(segment.block) && segment.role === "assistant") {
      const found = checkBlock(segment, { ...question, here: prefix.origin(question.model), isLatest: at >= latestTurn });
      if (found !== undefined && "error" in found) return found;
      if (found !== undefined) {
        // What is dropped here was dropped when later blocks were made, so it is no part of what they are bound to.
        dropped.push(found);
        continue;
      }
    }
    prefix.add(segment);
  }
  const gone = new Set(dropped.map((entry) => entry.path));
  return { segments: question.segments.filter((segment) => !gone.has(segment.path)), dropped };
}

interface BlockQuestion extends BindingQuestion {
  readonly here: Origin;
  readonly isLatest: boolean;
}

function checkBlock(
  segment: Segment,
  { signer, here, binds, isLatest, onMismatch }: BlockQuestion,
): { readonly error: ApiError } | ThinkingDropped | undefined {
  const { path, block } = segment;
  const values = { path, type: block.type };
  const signature = signer.read(block);
  if (signature === undefined) return { error: broken("thinking-signature-invalid", values) };
  if (!signature.intact) return { error: broken(isLatest ? "thinking-changed" : "thinking-signature-invalid", values) };
  const made = signature.origin;
  if (!binds) return isLatest && made.turn !== here.turn ? { error: broken("thinking-changed", values) } : undefined;
  if (made.model !== here.model) return { type: "thinking_dropped", path, reason: "model_binding_mismatch" };
  if (sameOrigin(made, here)) return undefined;
  if (onMismatch === "drop_block") return { type: "thinking_dropped", path, reason: "prefix_binding_mismatch" };
  return { error: broken("thinking-bound-elsewhere", { ...values, why: whatDiffers(made, here) }) };
}

function startOfLatestAssistantTurn(segments: readonly Segment[]): number {
  const last = segments.findLastIndex((segment) => segment.role === "assistant");
  return segments.findLastIndex((segment, at) => at <= last && segment.role !== "assistant") + 1;
}

function sameOrigin(left: Origin, right: Origin): boolean {
  return left.system === right.system && left.tools === right.tools && left.earlier === right.earlier && left.thinking === right.thinking;
}

/** The sentence behind the error, for the two causes whose sentence is known. */
function whatDiffers(made: Origin, here: Origin): string {
  if (made.system !== here.system) return " The `system` prompt differs from the one this block was created with.";
  if (made.thinking !== here.thinking)
    return " The `thinking` block that preceded this one when it was created is missing from this request.";
  return "";
}
