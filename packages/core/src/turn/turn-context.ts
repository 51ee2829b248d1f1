import type { Environment } from "../environment.ts";
import { AntiphonError } from "../errors.ts";
import type { OwnProjectOptions } from "../request/project.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import type { UsageRecorder } from "../usage/usage-recorder.ts";
import type { UsageTotals } from "../usage/usage-totals.ts";
import type { ConversationStore } from "../store/conversation-store.ts";
import type { ApprovalHook } from "../tools/approval.ts";
import type { EventChannel } from "./event-channel.ts";
import type { MessagesClient } from "./messages-client.ts";
import type { RunnableTool } from "../tools/runnable-tool.ts";
import { requireObject } from "../own-options.ts";
import { quoted } from "../quoted.ts";

/** The bounds of a turn. Every loop, wait and retry in it has one of these; `Infinity` is none. */
export interface TurnLimits {
  /** Continuations after `max_tokens`; 0 unless the caller opts in. */
  readonly continuations: number;
  /** Rounds of tool calls. */
  readonly toolRounds: number;
  /** Requests that only resume, after `pause_turn` or `compaction`, in a row. */
  readonly resumes: number;
  /** Tools that run at the same time. */
  readonly parallelTools: number;
  /**
   * Milliseconds that one tool call may take, unless its tool has a `timeoutMs`. What a tool returns later is stored as soon as it
   * may stand at the end of the path, and told to the model as text; only a process that dies meanwhile loses it.
   */
  readonly toolMs: number;
  /** Milliseconds that the `approval` hook may take for one call, which from then on waits as if it had said `ask`. */
  readonly approvalMs: number;
  /** Characters of one tool result. */
  readonly toolResultChars: number;
  /** Milliseconds without a byte of the response, pings included. */
  readonly silenceMs: number;
  /** Times that a request whose stream died before it showed anything is made again. */
  readonly retries: number;
}

/** The bounds of a turn unless told otherwise. */
export const DEFAULT_LIMITS: TurnLimits = Object.freeze({
  continuations: 0,
  toolRounds: 25,
  resumes: 10,
  parallelTools: 8,
  toolMs: 10 * 60_000,
  approvalMs: 10 * 60_000,
  toolResultChars: 400_000,
  silenceMs: 120_000,
  retries: 2,
});

/** The bounds with some of them changed; what is `undefined` stays. Errors: `invalid_input`. */
export function withLimits(limits: TurnLimits, changes: Partial<TurnLimits> = {}): TurnLimits {
  requireObject(changes, "`limits` are", "Give it an object of bounds, or leave it out.");
  const changed = Object.entries(changes).filter(([, value]) => value !== undefined);
  for (const [name, value] of changed) {
    const least = name === "parallelTools" ? 1 : 0;
    // NaN is not at least anything.
    if (typeof value === "number" && value >= least) continue;
    throw new AntiphonError("invalid_input", `\`limits.${name}\` is ${quoted(value)}. Give it a number from ${least} up.`);
  }
  return Object.freeze({ ...limits, ...Object.fromEntries(changed) });
}

/** What the steps of one turn work with. */
export interface TurnContext extends OwnProjectOptions {
  readonly client: MessagesClient;
  readonly store: ConversationStore;
  /** Names this process in leases. */
  readonly holder: string;
  readonly writer: BranchWriter;
  readonly environment: Environment;
  readonly events: EventChannel;
  readonly tools: readonly RunnableTool[];
  readonly approval: ApprovalHook | undefined;
  readonly limits: TurnLimits;
  /** Takes a row for each request, to the ledger where there is one. */
  readonly recorder: UsageRecorder;
  /** False asks for each reply in one piece, except where the turn itself raised `max_tokens` beyond what a client takes so. */
  readonly streaming: boolean;
  /** The caller's abort, or the loss of the lease. */
  readonly signal: AbortSignal;
  readonly tally: TurnTally;
}

/** What a turn counts as it goes. The only mutable state that its steps share. */
export interface TurnTally {
  requests: number;
  continuations: number;
  toolRounds: number;
  resumes: number;
  /** Overrides the settings for the next request, after a reply that `max_tokens` cut where it cannot be continued. */
  maxTokens: number | undefined;
  /** The text of the reply that ends the turn, continuations joined. */
  text: string;
  /**
   * Whether the next reply goes on with the text of the one before: `exactly` where the model takes it up itself, `overlapping` where it was
   * asked to, and may say again what it said last.
   */
  joining: "exactly" | "overlapping" | undefined;
  usage: UsageTotals;
}
