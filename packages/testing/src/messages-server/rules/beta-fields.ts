import { listHeader, type ReceivedRequest } from "../received.ts";
import type { MessagesBody } from "../wire.ts";

/**
 * The fields of the body that only the beta endpoint's types of `@anthropic-ai/sdk` 1.12.0 have (a test compares), and the
 * beginnings of the beta values with which they are taken, whatever their date. Which value goes with which field is our
 * reading of their names.
 */
export const BETA_FIELDS: Readonly<Record<string, readonly string[]>> = {
  billing_policy: ["user-profiles-billing-"],
  compaction: ["compact-"],
  context_management: ["context-management-", "compact-"],
  fallback_credit_token: ["fallback-credit-"],
  fallbacks: ["server-side-fallback-"],
  mcp_servers: ["mcp-client-"],
  output_format: ["structured-outputs-"],
  thread: ["message-threads-"],
};

/** The first field that is there without any of its beta values. */
export function fieldWithoutBeta(received: ReceivedRequest, body: MessagesBody): string | undefined {
  const betas = listHeader(received, "anthropic-beta");
  return Object.keys(BETA_FIELDS).find((field) => {
    const value = body[field];
    if (value === undefined || value === null) return false;
    return !betas.some((beta) => BETA_FIELDS[field]!.some((start) => beta.startsWith(start)));
  });
}
