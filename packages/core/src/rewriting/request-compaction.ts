import type { ReplyFacts } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { type FoldedReply, fromMessage, type ReceivedMessage } from "../messages/reply.ts";
import { frozenCopy } from "../conversation/frozen-copy.ts";
import { MODEL_TABLE, type ModelSource } from "../models/model-catalog.ts";
import { COMPACT_ON_DEMAND } from "../request/compaction-blocks.ts";
import type { RequestBody } from "../request/request-body.ts";
import { failedOutcome } from "../turn/failure.ts";
import { fetchMessage, type MessagesClient } from "../turn/messages-client.ts";
import { type Summary, summaryFailed } from "./ask-summary.ts";

export interface CompactionOptions {
  readonly signal: AbortSignal;
  readonly conversationId: string;
  readonly instructions: string | undefined;
  readonly models: ModelSource | undefined;
  /** Told of a reply that came and holds no summary: it is billed all the same. */
  readonly onUnused: (reply: ReplyFacts) => Promise<void>;
}

/**
 * Asks the API to compact these messages, and gives the signed block that stands for them from then on.
 * Errors: `summary_failed` where there is none, `invalid_input` where the client has no beta endpoint, the signal's reason.
 * Source: compaction on demand documentation (beta `compact-2026-09-04`), `BetaCompactionConfig` of SDK 1.12.0.
 */
export async function requestCompaction(client: MessagesClient, body: RequestBody, options: CompactionOptions): Promise<Summary> {
  if (client.beta === undefined) {
    throw new AntiphonError(
      "invalid_input",
      "This client has no beta endpoint, which the API's compaction needs. Give `by` a function that summarises.",
    );
  }
  let answer: unknown;
  try {
    answer = (await fetchMessage(client, compactionRequest(body, options), options)).data;
  } catch (cause) {
    options.signal.throwIfAborted();
    const outcome = failedOutcome(cause);
    const failure = outcome.type === "failed" ? outcome.failure : undefined;
    const message = failure?.message ?? (outcome.type === "context-full" ? outcome.message : String(cause));
    throw summaryFailed(`the API failed (${message})`, { cause, ...(failure && { status: failure.status, retryable: failure.retryable }) });
  }
  const { content, facts } = replyIn(answer);
  try {
    return summaryIn(content, facts);
  } catch (error) {
    await options.onUnused(facts);
    throw error;
  }
}

function summaryIn(content: readonly ContentBlock[], facts: ReplyFacts): Summary {
  const { stopReason } = facts;
  const [block] = content;
  if (stopReason === "refusal") throw summaryFailed("the API refused to write one", { stopReason, stopDetails: facts.stopDetails });
  if (stopReason === "max_tokens")
    throw summaryFailed("it was cut off at `max_tokens`; raise that, or ask for a shorter one", { stopReason });
  if (stopReason !== "compaction" || block?.type !== "compaction")
    throw summaryFailed(`the API stopped for ${String(stopReason)} without one`, { stopReason });
  if (typeof block.content !== "string" || block.content === "")
    throw summaryFailed("the API's compaction failed, and its block is empty", { stopReason });
  return { content: [block], reply: facts };
}

function replyIn(answer: unknown): Pick<FoldedReply, "content" | "facts"> {
  try {
    const { content, facts } = fromMessage(answer as ReceivedMessage);
    return frozenCopy({ content, facts });
  } catch (cause) {
    throw summaryFailed("what answered is no reply of the API", { cause });
  }
}

/**
 * The conversation as it stands, with the parameter that asks for its summary and without those that cannot go along with it. The
 * documentation asks for several thousand tokens; more than an answer in one piece may have are not needed.
 */
function compactionRequest(body: RequestBody, { instructions, models }: CompactionOptions): object {
  const { stop_sequences: _stops, context_management: _edits, tool_choice: choice, output_config: config, betas, ...rest } = body;
  const { format: _format, task_budget: _budget, ...output } = (config ?? {}) as Record<string, unknown>;
  const cap = (models ?? MODEL_TABLE).facts(body.model)?.outputTokensMax ?? Number.POSITIVE_INFINITY;
  return {
    ...rest,
    max_tokens: Math.min(Math.max(body.max_tokens, SUMMARY_TOKENS), ONE_PIECE_TOKENS_MAX, cap),
    betas: [...new Set([...(betas ?? []), COMPACT_ON_DEMAND])],
    ...(choice && !["any", "tool"].includes(choice.type) && { tool_choice: choice }),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    compaction: { type: "summarize", ...(instructions !== undefined && { instructions }) },
  };
}

const SUMMARY_TOKENS = 8192;
/** The SDK's clients expect 128,000 tokens an hour and refuse, unsent, what would take more than ten minutes without streaming. */
const ONE_PIECE_TOKENS_MAX = Math.floor(128_000 / 6);
