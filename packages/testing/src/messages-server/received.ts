/** How an exchange ended: everything was sent; a fault cut it; the client went away first; the server was closed. */
export type Ending = "sent" | "cut" | "client-left" | "server-closed";

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query, as on the request line. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body byte for byte, as UTF-8. */
  readonly text: string;
  /** The body as JSON; `undefined` when it is none. */
  readonly body: unknown;
  /** The `request-id` of the answer. */
  readonly requestId: string;
  /** HTTP status of the answer; `undefined` until its head is written. */
  readonly status: number | undefined;
  /** Settles when the exchange is over. */
  readonly ended: Promise<Ending>;
  /** Whether the client went away before everything was sent. */
  readonly clientLeft: boolean;
}

/** The server's side of a {@link ReceivedRequest}. */
export interface OpenRequest extends ReceivedRequest {
  status: number | undefined;
  clientLeft: boolean;
  end(how: Ending): void;
}

export interface RawRequest {
  readonly text: string;
  readonly tooLarge: boolean;
}

/** What is read of Node's `IncomingMessage`. Its own type here would ask every importer for Node's types. */
interface Incoming {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Reads a body up to a limit in bytes; what lies beyond is read and thrown away, so that the client gets its answer. */
export async function readBody(message: AsyncIterable<Uint8Array>, bytesMax: number): Promise<RawRequest> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString(), tooLarge: bytes > bytesMax };
}

export function openRequest(message: Incoming, text: string, requestId: string): OpenRequest {
  const ended = Promise.withResolvers<Ending>();
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name,
    typeof value === "object" ? value.join(", ") : (value ?? ""),
  ]);
  const request: OpenRequest = {
    method: message.method ?? "GET",
    path: message.url ?? "/",
    headers: Object.fromEntries(headers) as Record<string, string>,
    text,
    body: parseJson(text),
    requestId,
    status: undefined,
    ended: ended.promise,
    clientLeft: false,
    end(how) {
      request.clientLeft ||= how === "client-left";
      ended.resolve(how);
    },
  };
  return request;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The values of a comma-separated header. */
export function listHeader(request: ReceivedRequest, name: string): readonly string[] {
  return (request.headers[name] ?? "")
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}
