/** An error of the API, before it has a request id. */
export interface ApiError {
  readonly status: number;
  /** `error.type` of the envelope: `invalid_request_error`, `overloaded_error`, … */
  readonly type: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** What answers in front of the API sends only `error`, without `type` and `request_id`. */
  readonly bare?: boolean;
}

/** The type that goes with a status, from the API's error page. */
export const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  504: "timeout_error",
  529: "overloaded_error",
};

export function apiError(status: number, message: string): ApiError {
  return { status, type: ERROR_TYPES[status] ?? (status >= 500 ? "api_error" : "invalid_request_error"), message };
}

export function invalidRequest(message: string): ApiError {
  return apiError(400, message);
}

/** The body of an error reply. */
export function errorEnvelope(error: ApiError, requestId: string): Record<string, unknown> {
  const inner = { type: error.type, message: error.message, ...(error.details && { details: error.details }) };
  return error.bare ? { error: inner } : { type: "error", error: inner, request_id: requestId };
}
