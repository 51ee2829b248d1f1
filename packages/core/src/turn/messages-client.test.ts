import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-environment.ts";
import { type MessagesEndpoint, openStream } from "./messages-client.ts";

type Middleware = (request: unknown, next: (request: unknown) => Promise<Response>) => Promise<Response>;

/** A body of three chunks that counts how many of them were taken from it. */
function body() {
  const taken = { chunks: 0, cancelled: undefined as unknown };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        taken.chunks += 1;
        controller.enqueue(new Uint8Array(taken.chunks));
        if (taken.chunks === 3) controller.close();
      },
      cancel: (reason: unknown) => {
        taken.cancelled = reason;
      },
    },
    { highWaterMark: 0 },
  );
  return { taken, stream };
}

/** The response as a client sees it that runs the middleware it is given. */
async function watched(response: Response) {
  const heard: number[] = [];
  let seen: Response | undefined;
  const create: MessagesEndpoint["create"] = async (_body: object, options: { middleware: readonly Middleware[] }) => {
    seen = await options.middleware[0]!({}, async () => response);
  };
  await openStream(
    { messages: { create } },
    {},
    { signal: new AbortController().signal, conversationId: "c", onBytes: (count) => heard.push(count) },
  );
  return { heard, seen: seen! };
}

describe("the body of a streamed answer", () => {
  test("is taken from the socket as it is read, and no faster, so that a slow reader slows the server", async () => {
    const { taken, stream } = body();
    const { heard, seen } = await watched(new Response(stream));
    await settle();
    expect([taken.chunks, heard]).toEqual([0, []]);
    const reader = seen.body!.getReader();
    expect((await reader.read()).value).toHaveLength(1);
    await settle();
    expect([taken.chunks, heard]).toEqual([1, [1]]);
    expect((await reader.read()).value).toHaveLength(2);
    expect((await reader.read()).value).toHaveLength(3);
    expect((await reader.read()).done).toBe(true);
    expect(heard).toEqual([1, 2, 3]);
  });

  test("is given back when its reader leaves", async () => {
    const { taken, stream } = body();
    const { seen } = await watched(new Response(stream));
    await seen.body!.cancel("enough");
    expect(taken.cancelled).toBe("enough");
  });

  test("keeps its status and its headers", async () => {
    const { seen } = await watched(new Response(body().stream, { status: 201, headers: { "request-id": "req_1" } }));
    expect([seen.status, seen.headers.get("request-id")]).toEqual([201, "req_1"]);
  });

  test.each([
    ["an error's", new Response("no", { status: 400 })],
    ["an empty one", new Response(null)],
  ])("is left alone where it is %s", async (_what, response) => {
    expect((await watched(response)).seen).toBe(response);
  });
});
