import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { errorAnswer, type Answer } from "./answer.ts";
import { apiError } from "./api-error.ts";
import { PromptCache } from "./cache.ts";
import { deliver } from "./delivery.ts";
import { stepsOf } from "./faults.ts";
import { idSource, type NewId } from "./ids.ts";
import { Models } from "./models.ts";
import { RateLimits } from "./rate-limits.ts";
import { openRequest, readBody, type OpenRequest, type ReceivedRequest } from "./received.ts";
import { answerRoute } from "./routes/route.ts";
import { checkHeaders } from "./rules/headers.ts";
import { broken } from "./rules/server-rules.ts";
import { Script, type Reply } from "./script.ts";
import { Signer } from "./signatures.ts";
import { realTime, type Schedule } from "./timers.ts";

export interface MessagesServerOptions {
  /** On 127.0.0.1. Default 0: any free port. */
  readonly port?: number;
  /** The keys that are let in. Default: any that is not empty. */
  readonly apiKeys?: readonly string[];
  /** Model ids to serve besides the known ones. */
  readonly models?: readonly string[];
  /** Ids of core's request rules that are not applied, for what the API was seen to accept all the same. Default: none. */
  readonly rulesOff?: readonly string[];
  /** Milliseconds since 1970, for cache lifetimes and rate limits. Default `Date.now`. */
  readonly clock?: () => number;
  /** How the server waits between pings and paced chunks. Default: real timers; see {@link manualTime}. */
  readonly schedule?: Schedule;
  /** The shortest prefix that is cached, in tokens, in place of each model's own. */
  readonly cacheTokensMin?: number;
  /** How many requests `requests` keeps; the oldest go first. Default 10,000. */
  readonly requestsMax?: number;
  /** Equal seeds make equal ids. Default: a random one, so that ids of two runs never meet in one conversation. */
  readonly seed?: string;
  /** Servers with the same secret accept each other's thinking signatures. There is a fixed default, so a restart does. */
  readonly signatureSecret?: string;
  /** Pause behind each chunk of a reply, in milliseconds. Default 0. */
  readonly paceMs?: number;
  /** Pause between the pings of a silent stream, in milliseconds. Default 10,000. */
  readonly pingMs?: number;
  /** Told once for each exchange, when it is over. */
  readonly onExchange?: (request: ReceivedRequest) => void;
}

export interface MessagesServer extends AsyncDisposable {
  /** The base URL for a client: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The requests that came, in order, with those that were rejected. */
  readonly requests: readonly ReceivedRequest[];
  /** Scripted replies that no request has taken yet. */
  readonly scripted: number;
  /** Queues replies for the next valid requests to `/v1/messages`, first in, first out. Without any, the practice partner answers. */
  script(...replies: Reply[]): void;
  /** Settles when so many requests have come, from the beginning on. */
  received(count: number): Promise<void>;
  /** Breaks open connections and stops listening. */
  close(): Promise<void>;
}

/** What the routes work with. */
export interface ServerState {
  readonly script: Script;
  readonly models: Models;
  readonly cache: PromptCache;
  readonly signer: Signer;
  readonly rulesOff: readonly string[];
  readonly newId: NewId;
  readonly rateLimits: RateLimits;
}

/** The API's limit of a request body, 32 MB. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;
const REQUESTS_MAX = 10_000;

/**
 * Starts a strict Messages API server on loopback, to test programs against. It is our reading of the API and not the API:
 * it rejects what the API is known to reject, counts tokens approximately, and keeps no conversation.
 */
export async function startMessagesServer(options: MessagesServerOptions = {}): Promise<MessagesServer> {
  const clock = options.clock ?? Date.now;
  const state: ServerState = {
    script: new Script(),
    models: new Models(options),
    cache: new PromptCache(clock),
    signer: new Signer(options.signatureSecret ?? "practice"),
    rulesOff: options.rulesOff ?? [],
    newId: idSource(options.seed ?? randomUUID()),
    rateLimits: new RateLimits(clock),
  };
  const requests: OpenRequest[] = [];
  let came = 0;
  const waiting = new Set<() => void>();
  const accept = (request: OpenRequest): void => {
    requests.push(request);
    if (requests.length > (options.requestsMax ?? REQUESTS_MAX)) requests.shift();
    came += 1;
    for (const check of waiting) check();
  };
  const http = createServer((message, response) => {
    // A client that is gone makes writes fail; `deliver` has noticed by itself.
    response.on("error", () => undefined);
    exchange(message, response, state, options, accept).catch((error: unknown) => response.destroy(error as Error));
  });
  await listen(http, options.port ?? 0);
  const close = async (): Promise<void> => {
    for (const request of requests) request.end("server-closed");
    await new Promise<void>((resolve) => {
      http.close(() => resolve());
      http.closeAllConnections();
    });
  };
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    get scripted() {
      return state.script.length;
    },
    script: (...replies) => state.script.add(replies),
    received: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (came < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, "127.0.0.1", () => resolve());
  });
}

/** One request and its answer. */
async function exchange(
  message: IncomingMessage,
  response: ServerResponse,
  state: ServerState,
  options: MessagesServerOptions,
  accept: (request: OpenRequest) => void,
): Promise<void> {
  // A client that breaks off while it sends has said nothing that could be answered.
  const body = await readBody(message, BODY_BYTES_MAX).catch(() => undefined);
  if (body === undefined) return;
  const request = openRequest(message, body.text, state.newId("req"));
  accept(request);
  state.rateLimits.use({ requests: 1 });
  const answer = body.tooLarge ? errorAnswer(broken("body-too-large"), request.requestId) : await answerSafely(request, state, options);
  const headers = {
    "content-type": answer.contentType,
    "request-id": request.requestId,
    ...state.rateLimits.headers(),
    ...answer.delivery?.headers,
  };
  request.status = answer.status;
  const pacing = { schedule: options.schedule ?? realTime, paceMs: options.paceMs ?? 0, pingMs: options.pingMs ?? 10_000 };
  const steps = stepsOf(answer.frames, answer.delivery?.faults);
  request.end(await deliver(response, { status: answer.status, headers }, steps, pacing));
  options.onExchange?.(request);
}

/** A bug of ours, or a throw of a scripted function, is a 500 with its message and not a hanging client. */
async function answerSafely(request: ReceivedRequest, state: ServerState, options: MessagesServerOptions): Promise<Answer> {
  const refused = checkHeaders(request, options.apiKeys);
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
