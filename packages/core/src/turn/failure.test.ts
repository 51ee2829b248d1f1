import { describe, expect, test } from "vitest";
import { AntiphonError } from "../errors.ts";
import { failedOutcome, isPassing, isServerError } from "./failure.ts";

/** An error of the API as an SDK throws it. */
function api(status: number | undefined, type: string, message = "No."): Error {
  return Object.assign(new Error(`${status} ${JSON.stringify({ type: "error", error: { type, message } })}`), {
    status,
    type,
    requestID: "req_1",
    error: { type: "error", error: { type, message } },
  });
}

const failure = (error: unknown) => {
  const outcome = failedOutcome(error);
  return outcome.type === "failed" ? outcome.failure : outcome;
};

describe("an error of the API", () => {
  test.each<[number, string, boolean]>([
    [400, "invalid_request_error", false],
    [401, "authentication_error", false],
    [403, "permission_error", false],
    [404, "not_found_error", false],
    [408, "timeout_error", true],
    [409, "conflict_error", true],
    [413, "request_too_large", false],
    [429, "rate_limit_error", true],
    [500, "api_error", true],
    [529, "overloaded_error", true],
  ])("%i %s says whether trying again can help, in the API's own sentence", (status, type, retryable) => {
    const error = api(status, type);
    expect(failure(error)).toEqual({ status, code: type, message: "No.", retryable, requestId: "req_1", cause: error });
  });

  test.each(["prompt is too long: 210000 tokens > 200000 maximum", "input length and `max_tokens` exceed context limit: 9 + 9 > 10"])(
    "that the window is full is an outcome of its own: %s",
    (message) => {
      expect(failedOutcome(api(400, "invalid_request_error", message))).toMatchObject({
        type: "context-full",
        message,
        remedy: expect.stringContaining("larger window"),
      });
    },
  );

  test("behind its 200 has a type and no status", () => {
    const error = api(undefined, "overloaded_error");
    expect(failure(error)).toMatchObject({ code: "overloaded_error", retryable: true });
    expect(isServerError(error)).toBe(true);
    expect(isPassing(error)).toBe(true);
    expect(isPassing(api(undefined, "invalid_request_error"))).toBe(false);
  });

  test("without a body is told by its status", () => {
    expect(failure(Object.assign(new Error("502 Bad Gateway"), { status: 502 }))).toMatchObject({
      status: 502,
      code: "http_502",
      message: "502 Bad Gateway",
      retryable: true,
    });
  });
});

/** An error of the SDK that has neither status nor type. */
const sdk = (name: string, message: string, cause?: unknown) => Object.assign(new Error(message, { cause }), { name, type: null });

describe("a broken connection", () => {
  test.each([
    ["the SDK's own", sdk("APIConnectionError", "Connection error.")],
    ["the SDK's own for a timeout", sdk("APIConnectionTimeoutError", "Request timed out.")],
    ["of an SDK whose errors have no names", new (class APIConnectionError extends Error {})("Connection error.")],
    ["a fetch that failed", new TypeError("fetch failed")],
    ["a browser's fetch that failed", new TypeError("Failed to fetch")],
    ["another browser's", new TypeError("NetworkError when attempting to fetch resource.")],
    ["a third browser's", new TypeError("Load failed")],
    ["a body that broke off", new TypeError("terminated")],
    ["a socket's error", Object.assign(new Error("read"), { code: "ECONNRESET" })],
    ["an error whose cause is one", new Error("no luck", { cause: Object.assign(new Error("x"), { code: "UND_ERR_SOCKET" }) })],
    ["a timeout", new DOMException("The operation timed out.", "TimeoutError")],
  ])("is worth another try: %s", (_what, error) => {
    expect(failure(error)).toMatchObject({ code: "connection_failed", retryable: true });
  });

  test("is told with its causes, each once", () => {
    const error = new Error("Connection error.", {
      cause: new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:9", { cause: new Error("fetch failed") }) }),
    });
    expect(failure(error)).toMatchObject({
      code: "connection_failed",
      message: "Connection error.: fetch failed: connect ECONNREFUSED 127.0.0.1:9",
      retryable: true,
    });
    expect(isServerError(error)).toBe(false);
  });
});

describe("any other error", () => {
  test.each([
    ["the SDK's guard", sdk("AnthropicError", "Streaming is required for operations that may take longer than 10 minutes.")],
    ["a client without a key", new Error("Could not resolve authentication method.")],
    ["a client that is none", new TypeError("client.messages.create is not a function")],
    ["a wrong argument", Object.assign(new TypeError("The argument must be a string."), { code: "ERR_INVALID_ARG_TYPE" })],
  ])("is the client's own, which trying again does not mend: %s", (_what, error) => {
    expect(failure(error)).toMatchObject({ code: "client_failed", message: error.message, retryable: false });
  });

  test("that ends a stream is worth another try all the same: the connection is what most often ends one", () => {
    expect(isPassing(new SyntaxError("Unexpected end of JSON input"))).toBe(true);
  });

  test("of ours keeps its code", () => {
    const error = new AntiphonError("store_full", "The disk is full. Make room.");
    expect(failure(error)).toEqual({ code: "store_full", message: "The disk is full. Make room.", retryable: false, cause: error });
    expect(isPassing(error)).toBe(false);
  });

  test.each([
    [undefined],
    [null],
    ["a text"],
    [7],
    [{}],
    [Object.create(null)],
    [Object.assign(new Error("x"), { error: null, cause: 7 })],
  ])("never throws, whatever was thrown: %#", (thrown) => {
    expect(failure(thrown)).toMatchObject({ code: "client_failed", message: expect.any(String) });
  });

  test("whose causes turn in circles ends", () => {
    const error = new Error("round");
    error.cause = error;
    expect(failure(error)).toMatchObject({ message: "round" });
  });
});
