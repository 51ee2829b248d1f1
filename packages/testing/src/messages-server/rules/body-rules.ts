import { validateRequest } from "@antiphon/core";
import { apiError, type ApiError } from "../api-error.ts";
import { broken } from "./server-rules.ts";

export interface BodyRuleOptions {
  readonly endpoint: "messages" | "count_tokens";
  /** Rule ids that are not applied. */
  readonly except: readonly string[];
}

/**
 * The first rule that the body alone breaks. The rules are core's, so that what a program checks before it sends and what this server
 * rejects are one list. Rules that held only once are left out.
 */
export function bodyViolation(body: unknown, { endpoint, except }: BodyRuleOptions): ApiError | undefined {
  const found = validateRequest(body, { endpoint, form: "wire" }).find(
    ({ rule, confidence }) => confidence !== "legacy" && !except.includes(rule),
  );
  if (found === undefined) return undefined;
  return found.rule === "body-too-large" ? broken("body-too-large") : apiError(400, found.message);
}
