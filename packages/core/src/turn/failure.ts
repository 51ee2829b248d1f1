import { isAntiphonError } from "../errors.ts";
import { contextFull } from "../stop/plan.ts";
import type { Failure, Outcome } from "../stop/outcome.ts";
import { wordsOf } from "../tools/runnable-tool.ts";

/** What an SDK error looks like from outside: errors are told apart by these, since two copies of the SDK have different classes. */
interface ApiErrorLike {
  readonly status?: unknown;
  readonly type?: unknown;
  readonly message?: unknown;
  readonly requestID?: unknown;
  readonly error?: unknown;
}

/** The outcome for something that was thrown before a reply began, or by the store. */
export function failedOutcome(error: unknown): Outcome {
  if (isAntiphonError(error)) {
    return { type: "failed", failure: { code: error.code, message: error.message, retryable: error.retryable, cause: error } };
  }
  if (error instanceof DOMException && error.name === "AbortError") return { type: "aborted" };
  const failure = apiFailure(error);
  if (failure.status === 400 && /prompt is too long|exceed context limit/.test(failure.message)) return contextFull(failure.message);
  return { type: "failed", failure };
}

/** How a turn ends whose signal aborted: for whatever reason its caller had, or for the loss of its lease, which nobody asked for. */
export function abortedOutcome(signal: AbortSignal): Outcome {
  return isAntiphonError(signal.reason) ? failedOutcome(signal.reason) : { type: "aborted" };
}

function apiFailure(error: unknown): Failure {
  const { status, type, requestID } = (typeof error === "object" && error !== null ? error : {}) as ApiErrorLike;
  const base = { message: apiMessage(error), cause: error, ...(typeof requestID === "string" && { requestId: requestID }) };
  if (typeof status === "number") {
    return {
      ...base,
      status,
      code: typeof type === "string" ? type : `http_${status}`,
      retryable: status === 408 || status === 409 || status === 429 || status >= 500,
    };
  }
  if (typeof type === "string") return { ...base, code: type, retryable: RETRYABLE_TYPES.has(type) };
  if (isOfNetwork(error)) return { ...base, code: "connection_failed", retryable: true };
  return { ...base, code: "client_failed", retryable: false };
}

/** Whether the network failed, told as fetches and the SDK tell it. A client that was called or set up wrong throws too. */
function isOfNetwork(error: unknown): boolean {
  return causesOf(error).some((at) => {
    const { code } = at as { code?: unknown };
    if ([at.name, at.constructor.name].some((name) => NETWORK_NAMES.has(name))) return true;
    if (typeof code === "string" && /^(?:UND_ERR_|E(?!RR_)[A-Z])/.test(code)) return true;
    return at instanceof TypeError && /fetch|network|load failed|terminated/i.test(at.message);
  });
}

const NETWORK_NAMES: ReadonlySet<string> = new Set(["APIConnectionError", "APIConnectionTimeoutError", "TimeoutError"]);

/** An error and what caused it. A chain of causes may turn in circles. */
function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let at: unknown = error; at instanceof Error && causes.length < CAUSES_MAX; at = at.cause) causes.push(at);
  return causes;
}

/** How far a chain of causes is told. */
const CAUSES_MAX = 8;

const RETRYABLE_TYPES: ReadonlySet<string> = new Set(["overloaded_error", "api_error", "rate_limit_error", "timeout_error"]);

/** Whether a stream that died of this is worth another try: the server's passing troubles, and all that is no word of the API. */
export function isPassing(error: unknown): boolean {
  if (isAntiphonError(error)) return false;
  const { code, retryable } = apiFailure(error);
  return retryable || code === "client_failed";
}

/** Whether the API itself said so, in an `error` event after its 200. */
export function isServerError(error: unknown): boolean {
  return typeof (error as ApiErrorLike | null)?.type === "string";
}

/** The API's own sentence where the SDK wraps it in JSON, else the message with its deepest cause. */
function apiMessage(error: unknown): string {
  const body = (error as { error?: { error?: { message?: unknown } } } | null)?.error?.error?.message;
  if (typeof body === "string") return body;
  const parts = new Set(causesOf(error).flatMap(({ message }) => (message ? [message] : [])));
  return parts.size > 0 ? [...parts].join(": ") : wordsOf(error);
}
