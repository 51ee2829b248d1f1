import { apiError, invalidRequest, type ApiError } from "../api-error.ts";
import { listHeader, type ReceivedRequest } from "../received.ts";
import { KNOWN_BETAS } from "./betas.ts";

/** Checks what every route demands: a key, the version header, beta values that exist. */
export function checkHeaders(request: ReceivedRequest, apiKeys: readonly string[] | undefined): ApiError | undefined {
  const key = keyOf(request);
  if (key === undefined) return apiError(401, "x-api-key header is required");
  if (apiKeys !== undefined && !apiKeys.includes(key)) return apiError(401, "invalid x-api-key");
  if (!request.headers["anthropic-version"]) return invalidRequest("anthropic-version: header is required");
  const unknown = listHeader(request, "anthropic-beta").filter((value) => !KNOWN_BETAS.has(value));
  if (unknown.length > 0) return invalidRequest(unexpectedBeta(unknown));
  return undefined;
}

/** The SDK sends its key as a bearer token; older clients send `x-api-key`. */
function keyOf(request: ReceivedRequest): string | undefined {
  const bearer = /^Bearer\s+(\S.*)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  return bearer?.trim() || request.headers["x-api-key"]?.trim() || undefined;
}

function unexpectedBeta(values: readonly string[]): string {
  const list = values.map((value) => `\`${value}\``).join(", ");
  return (
    `Unexpected value(s) ${list} for the \`anthropic-beta\` header. ` +
    "Please consult our documentation at platform.claude.com/docs or try again without the header."
  );
}
