const BRAND = Symbol.for("antiphon.error");

/** Every code an Antiphon error can have: whether trying again can help. Documented in docs/errors.md. */
export const ERROR_CODES = {
  /** The call itself is wrong: an empty prompt, a bad option. Nothing was stored or sent. */
  invalid_input: { retryable: false },
  /** The request would break a rule of the API; `violations` lists them. Nothing was sent. */
  invalid_request: { retryable: false },
  /** The model does not take this parameter. Nothing was sent. */
  unsupported_by_model: { retryable: false },
  /** A change would cost thinking or cached tokens and the caller has not agreed to its bill. */
  bill_not_accepted: { retryable: false },
  /** The last reply still waits for something (a tool result, a server tool, to be taken up again), so what was said before it stays as it is. Nothing was stored. */
  turn_open: { retryable: false },
  /** There is no summary: its function threw or gave nothing, or the API refused or cut it. Nothing was changed. */
  summary_failed: { retryable: true },
  /** A turn is running at this tip, here or in another process. Nothing was stored. */
  busy: { retryable: true },
  /** Another writer extended the branch first. What this one wrote was kept on a branch of its own where the message says so. */
  tip_moved: { retryable: true },
  /** The turn's lease was lost to another holder; its fencing token is refused. */
  lease_lost: { retryable: false },
  /** No conversation, branch or entry of that id. */
  not_found: { retryable: false },
  /** An id is taken, by something else. */
  already_exists: { retryable: false },
  /** The file is not a database of ours, or is damaged. */
  not_a_store: { retryable: false },
  /** The database was written by a newer version. */
  store_too_new: { retryable: false },
  /** The database cannot be written: permissions, a read-only file system. */
  store_read_only: { retryable: false },
  /** Another process held the database's lock for longer than the limit. */
  store_locked: { retryable: true },
  /** The disk or its quota is full. */
  store_full: { retryable: false },
  /** The store was closed. */
  store_closed: { retryable: false },
  /** Any other failure of the database; `cause` has the driver's error. */
  store_failed: { retryable: true },
  /** A stream broke the protocol: a second message in it, a delta for no block. */
  bad_stream: { retryable: true },
} as const satisfies Record<string, { retryable: boolean }>;

/** The codes of `AntiphonError`, a closed union; `docs/errors.md` has each with what to do. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error carries beside its code and its message. */
export interface AntiphonErrorOptions {
  readonly cause?: unknown;
  /** Facts for the program: ids, values, violations. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The one error class of Antiphon's packages. `code` is for programs, `message` is one line for people:
 * what failed, with which value, and what to do. Two copies of the package recognise each other's errors by
 * {@link isAntiphonError}.
 */
export class AntiphonError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AntiphonErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "AntiphonError";
    this.code = code;
    this.retryable = ERROR_CODES[code].retryable;
    this.details = options.details ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether a thrown value is an Antiphon error, from this copy of the package or another; with `code`, of that code. */
export function isAntiphonError(error: unknown, code?: ErrorCode): error is AntiphonError {
  if (typeof error !== "object" || error === null || !(BRAND in error)) return false;
  return code === undefined || (error as { code?: unknown }).code === code;
}
