import { isAntiphonError } from "@antiphon/core";
import { EXIT } from "./exit-codes.ts";
import { ownErrorLine } from "./render/failure-line.ts";

/** Enough of an id, nearly always. */
const ID_LENGTH = 8;

/** Something that ends the program and that a person can mend. The message is one line: what failed, and what to do. */
export class Failure extends Error {
  readonly exitCode: number;
  /** For `--json`: a word that a program can tell it by. */
  readonly code: string;

  constructor(message: string, options: { readonly exitCode?: number; readonly code?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.failure;
    this.code = options.code ?? (this.exitCode === EXIT.usage ? "usage" : "failure");
  }
}

export function usageFailure(message: string): Failure {
  return new Failure(message, { exitCode: EXIT.usage });
}

/** The failure that anything thrown amounts to. What is not ours and not the store's is a fault of the program, and says so. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isAntiphonError(error)) {
    const exitCode = error.code === "invalid_input" ? EXIT.usage : EXIT.failure;
    const { conversationId } = error.details;
    const conversation = typeof conversationId === "string" ? conversationId.slice(0, ID_LENGTH) : "";
    const own = ownErrorLine(error.code, { conversation, inChat: false, accepted: false, partStored: false });
    return new Failure(own ?? error.message, { exitCode, code: error.code, cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(`${message} (a fault of antiphon itself: please report it)`, { code: "fault", cause: error });
}
