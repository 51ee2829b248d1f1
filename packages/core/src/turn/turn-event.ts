import type { ReplyChange } from "../messages/reply-change.ts";
import type { PrefixDisagreement } from "../conversation/prefix-disagreement.ts";
import type { Outcome } from "../stop/outcome.ts";

/** What arrives of a reply: `text-delta`, `thinking-delta`, `tool-input-delta`, `citation-delta`, `block-start`, `block-stop`. */
export type ReplyEvent = Exclude<ReplyChange, { type: "nothing" | "facts" | "block-delta" }>;

/** What happens in a turn, in order. The last event is always `turn-end`. */
export type TurnEvent =
  /** Another turn runs on the branch; this one goes on beside it, on a branch of its own. */
  | { readonly type: "branch-forked"; readonly branchId: string }
  /** The input is stored. `movedIds` names `system` messages that were sent in its place without a reply, and that are said again behind it. */
  | { readonly type: "input-stored"; readonly entryId: string | undefined; readonly movedIds?: readonly string[] }
  /** A part of a reply that an earlier, cut-off turn left as a draft is an entry now. */
  | { readonly type: "draft-recovered"; readonly entryId: string }
  /** Tool calls that were left unanswered have an answer now, marked as synthetic. */
  | { readonly type: "repair-stored"; readonly entryId: string; readonly toolUseIds: readonly string[] }
  /** A request goes out; `request` counts from 1 within the turn. */
  | { readonly type: "request-start"; readonly request: number }
  /**
   * The request is made again in `delayMs`, after a failure that showed nothing to the reader: `interrupted`,
   * `thinking-bound-elsewhere`, where it goes out without the thinking that the API refused, or `blank-text`, where it goes out
   * without texts of nothing but white space.
   */
  | { readonly type: "request-retry"; readonly attempt: number; readonly delayMs: number; readonly reason: string }
  /** The reply goes on from this text, which is stored as `entryId` and which the model did not say. Readers show it in front of what comes. */
  | { readonly type: "prefill-start"; readonly entryId: string; readonly text: string }
  | ReplyEvent
  /** A reply, whole or in part, is an entry. */
  | {
      readonly type: "reply-stored";
      readonly entryId: string;
      readonly stopReason: string | null;
      readonly whole: boolean;
      readonly usage: unknown;
    }
  /**
   * The API says of a request what the prefix ledger had otherwise: it missed its cache, or thinking of an earlier reply was dropped
   * or refused. Where there is a reply, it comes before `reply-stored`, and is among the reply's facts too.
   */
  | { readonly type: "prefix-disagreed"; readonly request: number; readonly disagreements: readonly PrefixDisagreement[] }
  /** The reply was cut at `max_tokens` and is being continued; `number` counts from 1. `entryId` is the synthetic message that asks for it; none where it goes on by prefill. */
  | { readonly type: "continuation-start"; readonly number: number; readonly entryId: string | undefined }
  /** The reply that was shown cannot be continued: it is asked for again, and what was shown of it does not count. */
  | { readonly type: "reply-discarded"; readonly entryId: string; readonly maxTokens: number }
  /** A call waits for `approve` or `deny`: the turn ends as `waiting` when its other calls have ended. Told anew by each turn that finds it waiting. */
  | { readonly type: "approval-needed"; readonly toolUseId: string; readonly name: string; readonly input: unknown }
  /** A call begins. One that was denied does not. */
  | { readonly type: "tool-start"; readonly toolUseId: string; readonly name: string; readonly input: unknown }
  /** What a tool says of how far it is. Not stored; of several in a row, whoever reads late sees the last. */
  | { readonly type: "tool-progress"; readonly toolUseId: string; readonly value: unknown }
  /** The result of a call is stored. */
  | { readonly type: "tool-end"; readonly toolUseId: string; readonly isError: boolean; readonly entryId: string }
  /** A tool has returned after all, whose call was answered as out of time, or whose turn was aborted: the result is an entry, and the call's answer where it had none yet; else the next request tells it as text. Where it came between two turns, the second tells of it. */
  | {
      readonly type: "tool-late";
      readonly toolUseId: string;
      readonly isError: boolean;
      readonly entryId: string;
      /** `system` messages that were sent in its place without a reply, and that are said again behind it. */
      readonly movedIds?: readonly string[];
    }
  /** The ledger did not take the row of a request, or not in time. So many rows are kept, to be recorded together with the next. */
  | { readonly type: "usage-unrecorded"; readonly rows: number; readonly message: string }
  | { readonly type: "turn-end"; readonly outcome: Outcome };
