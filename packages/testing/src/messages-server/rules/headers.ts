import type { ApiError } from "../api-error.ts";
import { listHeader, type ReceivedRequest } from "../received.ts";
import { KNOWN_BETAS } from "./betas.ts";
import { broken } from "./server-rules.ts";

export interface HeaderOptions {
  /** The keys that are let in; any when undefined. */
  readonly apiKeys?: readonly string[] | undefined;
  /** Beta values that exist besides the known ones. */
  readonly betas?: readonly string[] | undefined;
}

/** Checks what every route demands: a key, the version header, beta values that exist. */
export function checkHeaders(request: ReceivedRequest, { apiKeys, betas = [] }: HeaderOptions): ApiError | undefined {
  const key = keyOf(request);
  if (key === undefined) return broken("key-missing");
  if (apiKeys !== undefined && !apiKeys.includes(key)) return broken("key-invalid");
  if (!request.headers["anthropic-version"]) return broken("version-header-missing");
  const unknown = listHeader(request, "anthropic-beta").filter((value) => !KNOWN_BETAS.has(value) && !betas.includes(value));
  if (unknown.length === 0) return undefined;
  return broken("beta-header-unknown", { values: unknown.map((value) => `\`${value}\``).join(", ") });
}

/** The SDK sends its key as a bearer token; older clients send `x-api-key`. */
function keyOf(request: ReceivedRequest): string | undefined {
  const bearer = /^Bearer\s+(\S.*)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  return bearer?.trim() || request.headers["x-api-key"]?.trim() || undefined;
}
