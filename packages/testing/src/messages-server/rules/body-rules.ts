import { validateRequest } from "@antiphon/core";
import { apiError, type ApiError } from "../api-error.ts";

export interface BodyRuleOptions {
  readonly endpoint: "messages" | "count_tokens";
  /** Rule ids that are not applied. */
  readonly except: readonly string[];
}

/**
 * The first rule that the body alone breaks. The rules are core's, so that what a program checks before it sends and what this server
 * rejects are one list. Rules that held only once are left out.
 */
export function bodyViolation(body: Readonly<Record<string, unknown>>, { endpoint, except }: BodyRuleOptions): ApiError | undefined {
  const broken = validateRequest(body, { endpoint }).find(({ rule, confidence }) => confidence !== "legacy" && !except.includes(rule));
  return broken && apiError(400, broken.message);
}
