/**
 * The part of an SDK client that core uses, typed by structure: `new Anthropic()`, and the Bedrock, Vertex and Foundry
 * clients, which lack parts of it. The beta endpoint is used where there is one, since only it takes all of the API.
 */
export interface MessagesClient {
  readonly messages: MessagesEndpoint;
  readonly beta?: { readonly messages: MessagesEndpoint };
}

export interface MessagesEndpoint {
  // The SDK's overloads differ between clients and copies; the bodies we pass are checked by `validateRequest`.
  // oxlint-disable-next-line typescript/no-explicit-any
  create(body: any, options?: any): any;
  // Absent on some clients: Bedrock's API counts no tokens.
  // oxlint-disable-next-line typescript/no-explicit-any
  countTokens?(body: any, options?: any): any;
}

export interface Answer {
  /** What `create` resolved to: raw events, pulled one by one, or a message. A client that is not the SDK's may give anything. */
  readonly data: unknown;
  readonly requestId: string | undefined;
  /** Of the answer, where the client shows it. The API's streams are `text/event-stream`. */
  readonly contentType: string | undefined;
}

export interface StreamOptions {
  readonly signal: AbortSignal;
  /** Goes onto the span of the call, where the program traces with OpenTelemetry (`gen_ai.conversation.id`), and not to the API. */
  readonly conversationId: string;
  /** Called for each piece of the response body, pings included. */
  onBytes(count: number): void;
}

/** Sends a request and resolves when the answer's headers are there. Retries before that are the SDK's. */
export async function openStream(client: MessagesClient, body: object, options: StreamOptions): Promise<Answer> {
  const { onBytes, ...known } = options;
  return answer(endpoint(client).create({ ...body, stream: true }, { ...callOptions(known), middleware: [watchBody(onBytes)] }));
}

/** The same without streaming: resolves to the whole message. */
export async function fetchMessage(client: MessagesClient, body: object, options: CallOptions): Promise<Answer> {
  return answer(endpoint(client).create(body, callOptions(options)));
}

type CallOptions = Omit<StreamOptions, "onBytes">;

/** As the SDK's request options. A client that does not know one leaves it unread. */
function callOptions({ signal, conversationId }: CallOptions): object {
  return { signal, openTelemetry: { conversationId } };
}

/** Asks the API how many input tokens a request has. `undefined` where the client cannot. */
export function counterOf(client: MessagesClient): TokenEndpoint | undefined {
  const messages = endpoint(client);
  if (messages.countTokens === undefined) return undefined;
  const count = async (body: object, signal?: AbortSignal): Promise<number> => {
    const { input_tokens: tokens } = ((await messages.countTokens!(body, { ...(signal && { signal }) })) ?? {}) as {
      input_tokens?: unknown;
    };
    if (typeof tokens === "number") return tokens;
    throw new TypeError("The answer to a request for a count of tokens has no `input_tokens`.");
  };
  return { isBeta: messages === client.beta?.messages, count };
}

export interface TokenEndpoint {
  /** Whether it takes the beta parameters. */
  readonly isBeta: boolean;
  count(body: object, signal?: AbortSignal): Promise<number>;
}

function endpoint(client: MessagesClient): MessagesEndpoint {
  return client.beta?.messages ?? client.messages;
}

interface WithResponse {
  readonly data: unknown;
  readonly request_id?: string | null;
  readonly response?: Response;
}

async function answer(pending: unknown): Promise<Answer> {
  const promise = pending as PromiseLike<unknown> & { withResponse?: () => Promise<WithResponse> };
  const given: WithResponse = promise.withResponse ? await promise.withResponse() : { data: await promise };
  const { data, request_id: requestId, response } = given;
  return { data, requestId: requestId ?? undefined, contentType: response?.headers.get("content-type") ?? undefined };
}

type Middleware = (request: unknown, next: (request: unknown) => Promise<Response>) => Promise<Response>;

/** Silence is measured in bytes, because the SDK drops pings before a caller sees them. Pulls as it is pulled. */
function watchBody(onBytes: (count: number) => void): Middleware {
  return async (request, next) => {
    const response = await next(request);
    if (!response.ok || response.body === null) return response;
    const reader = response.body.getReader();
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await reader.read();
          if (done) return controller.close();
          onBytes(value.byteLength);
          controller.enqueue(value);
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
    return new Response(body, response);
  };
}
