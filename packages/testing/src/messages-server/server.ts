import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exchange } from "./exchange.ts";
import type { MessagesServerOptions } from "./options.ts";
import type { OpenRequest, ReceivedRequest } from "./received.ts";
import type { Reply } from "./script.ts";
import { serverState } from "./state.ts";

/** A practice server that listens. */
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

const REQUESTS_MAX = 10_000;

/**
 * Starts a strict Messages API server on loopback, to test programs against. It is our reading of the API and not the API:
 * it rejects what the API is known to reject, counts tokens approximately, and keeps no conversation.
 */
export async function startMessagesServer(options: MessagesServerOptions = {}): Promise<MessagesServer> {
  const state = serverState(options);
  const requests: OpenRequest[] = [];
  let came = 0;
  const waiting = new Set<() => void>();
  const accept = (request: OpenRequest): void => {
    requests.push(request);
    if (requests.length > (options.requestsMax ?? REQUESTS_MAX)) requests.shift();
    came += 1;
    for (const check of waiting) check();
  };
  const http = createServer((message, response) => void exchange(message, response, { state, options, accept }));
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
