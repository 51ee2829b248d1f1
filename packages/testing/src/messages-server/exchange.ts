import type { IncomingMessage, ServerResponse } from "node:http";
import { errorAnswer, type Answer } from "./answer.ts";
import { apiError } from "./api-error.ts";
import { deliver } from "./delivery.ts";
import { stepsOf } from "./faults.ts";
import type { MessagesServerOptions } from "./options.ts";
import { openRequest, readBody, type OpenRequest, type ReceivedRequest } from "./received.ts";
import { answerRoute } from "./routes/route.ts";
import { checkHeaders } from "./rules/headers.ts";
import { broken } from "./rules/server-rules.ts";
import type { ServerState } from "./state.ts";
import { realTime } from "./timers.ts";

/** The API's limit of a request body, 32 MB. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;

export interface ExchangeContext {
  readonly state: ServerState;
  readonly options: MessagesServerOptions;
  /** Told of the request as soon as it is read. */
  readonly accept: (request: OpenRequest) => void;
}

/** One request and its answer. Never rejects. */
export async function exchange(
  message: IncomingMessage,
  response: ServerResponse,
  { state, options, accept }: ExchangeContext,
): Promise<void> {
  // A client that is gone makes writes fail; `deliver` notices by itself.
  response.on("error", () => undefined);
  // One that breaks off while it sends has said nothing that could be answered.
  const body = await readBody(message, BODY_BYTES_MAX).catch(() => undefined);
  if (body === undefined) return;
  const request = openRequest(message, body.text, state.newId("req"));
  accept(request);
  state.rateLimits.use({ requests: 1 });
  const answer = body.tooLarge ? errorAnswer(broken("body-too-large"), request.requestId) : await answerSafely(request, state, options);
  const own = { "content-type": answer.contentType, "request-id": request.requestId, ...state.rateLimits.headers() };
  request.status = answer.status;
  const pacing = { schedule: options.schedule ?? realTime, paceMs: options.paceMs ?? 0, pingMs: options.pingMs ?? 10_000 };
  const head = { status: answer.status, headers: { ...own, ...answer.delivery?.headers } };
  try {
    request.end(await deliver(response, head, stepsOf(answer.frames, answer.delivery?.faults), pacing));
  } catch {
    // A scripted header or status that HTTP does not allow: the client sees a broken connection.
    response.destroy();
    request.end("cut");
  }
  options.onExchange?.(request);
}

/** A bug of ours, or a throw of a scripted function, is a 500 with its message and not a hanging client. */
async function answerSafely(request: ReceivedRequest, state: ServerState, options: MessagesServerOptions): Promise<Answer> {
  const refused = checkHeaders(request, options);
  if (refused !== undefined) return errorAnswer(refused, request.requestId);
  try {
    return await answerRoute(request, state);
  } catch (error) {
    return errorAnswer(
      apiError(500, `The practice server failed: ${error instanceof Error ? error.stack : String(error)}`),
      request.requestId,
    );
  }
}
