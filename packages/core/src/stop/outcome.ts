/**
 * How a turn ended, a closed union. Only `completed` and `stopped` mean that the model said all it wanted to say.
 * A stop reason that nobody has heard of is `unknown`, never `completed`.
 */
export type Outcome =
  /** The model ended its turn. `empty` where it said nothing. */
  | { readonly type: "completed"; readonly empty: boolean }
  /** One of the caller's `stop_sequences` came up. */
  | { readonly type: "stopped"; readonly sequence: string | null }
  /** The reply reached `max_tokens` in this kind of block. What came is kept. */
  | { readonly type: "truncated"; readonly inside: "text" | "thinking" | "tool-call" | "other" }
  /**
   * The reply is whole, and not in the form that was asked for (`output_config.format`): `message` says why. Of a reply in that form
   * the outcome is `completed`, and the turn's result has its `output`.
   */
  | { readonly type: "malformed"; readonly message: string }
  /** The model declined. The refused reply is stored and not sent again; `leftOut` names the entries. */
  | { readonly type: "refused"; readonly category: string | null; readonly explanation: string | null; readonly leftOut: readonly string[] }
  /**
   * The context window is full: `remedy` says what would make room. Where the API refused the request for it, `leftOut` names
   * the input, which is stored and not sent again, so that the conversation lives on.
   */
  | { readonly type: "context-full"; readonly message: string; readonly remedy: string; readonly leftOut?: readonly string[] }
  /**
   * These calls wait for the caller. Those in `toApprove` wait for `approve` or `deny`; all others are run by the caller, who
   * appends their results. Then `resume` goes on.
   */
  | { readonly type: "waiting"; readonly toolUseIds: readonly string[]; readonly toApprove?: readonly string[] }
  /** A bound of this turn was reached. */
  | { readonly type: "limit"; readonly limit: "rounds" | "resumes"; readonly value: number }
  /** The API gave a stop reason that this version does not know. */
  | { readonly type: "unknown"; readonly stopReason: string }
  /**
   * The stream died, fell silent, or ended early. What had come is kept. `cut-off`: the turn was cut off by the end of its
   * process, and was not to go on.
   */
  | {
      readonly type: "interrupted";
      readonly reason: "connection" | "silence" | "ended-early" | "server-error" | "bad-stream" | "cut-off";
      readonly message: string;
    }
  /** The caller's signal. What had come is kept. */
  | { readonly type: "aborted" }
  /** The request was refused or could not be made, or the store failed. `leftOut` names an input whose media the API refused: it is stored and not sent again. */
  | { readonly type: "failed"; readonly failure: Failure; readonly leftOut?: readonly string[] };

/** The names of the outcomes. */
export type OutcomeType = Outcome["type"];

/** Why a turn failed, as a program and as a person want to know it. */
export interface Failure {
  /** HTTP status of the API's answer, where there was one. */
  readonly status?: number;
  /**
   * The API's error type (`rate_limit_error`; `http_502` where it gave none), an Antiphon error code, `connection_failed`,
   * `client_failed` (the client threw before any answer, for another reason than the network) or `not_the_api` (what answered
   * is no reply).
   */
  readonly code: string;
  /** One line: what failed and what to do. */
  readonly message: string;
  readonly retryable: boolean;
  readonly requestId?: string;
  /** What was thrown. */
  readonly cause?: unknown;
}
