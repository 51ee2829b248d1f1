import type { Outcome } from "@antiphon/core";
import { EXIT } from "../exit-codes.ts";

/** What the shell is told of an outcome. A reply that is cut off, refused or malformed is an answer unless `strict`. */
export function outcomeExitCode(outcome: Outcome, strict: boolean): number {
  switch (outcome.type) {
    case "completed":
    case "stopped":
      return EXIT.ok;
    case "truncated":
    case "malformed":
    case "refused":
      return strict ? EXIT.strict : EXIT.ok;
    case "aborted":
      return EXIT.interrupted;
    case "failed":
      return isKeyFailure(outcome.failure) ? EXIT.key : EXIT.failure;
    case "context-full":
    case "waiting":
    case "limit":
    case "unknown":
    case "interrupted":
      return EXIT.failure;
    default:
      return outcome satisfies never;
  }
}

function isKeyFailure({ status, code }: { readonly status?: number; readonly code: string }): boolean {
  return status === 401 || code === "authentication_error" || code === "permission_error";
}
