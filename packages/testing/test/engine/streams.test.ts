import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import type { TurnEvent } from "@antiphon/core";
import { expect, onTestFinished, test } from "vitest";
import { goOn, practice, replies } from "./practice.ts";
import { settled } from "./settled.ts";

test("what the SDK has retried already is not retried again", async () => {
  await using at = await practice();
  const client = new Anthropic({ apiKey: "practice", baseURL: at.server.url, maxRetries: 2, logLevel: "off" });
  await using again = await practice({ client, store: () => at.store });
  const conversation = await again.start();
  const overloaded = { error: { status: 529, message: "Not now." }, headers: { "retry-after-ms": "1" } };
  at.server.script(overloaded, overloaded, overloaded);
  const turn = conversation.send("Begin.");
  expect((await turn.result).outcome).toMatchObject({ type: "failed", failure: { status: 529, retryable: true } });
  expect(at.server.requests).toHaveLength(3);
  expect((await eventsOf(turn)).filter(({ type }) => type === "request-start" || type === "request-retry")).toHaveLength(1);
  await goOn(at, await at.chat.open(conversation.id));
});

test("a stream that dies before it shows anything is asked for again after 500 ms, then 1,000 ms, and then no more", async () => {
  await using at = await practice();
  const conversation = await at.start();
  const dead = { content: "Never.", faults: [{ kind: "cut" as const, at: { afterEvents: 1 } }] };
  at.server.script(dead, dead, dead);
  const turn = conversation.send("Begin.");
  expect((await turn.result).outcome).toMatchObject({ type: "interrupted", reason: "connection" });
  const retries = (await eventsOf(turn)).flatMap((event) => (event.type === "request-retry" ? [event] : []));
  expect(retries).toEqual([1, 2].map((attempt) => ({ type: "request-retry", attempt, delayMs: attempt * 500, reason: "interrupted" })));
  expect([at.server.requests.length, replies(conversation).length]).toEqual([3, 0]);
  await goOn(at, conversation);
});

test("a reader that stands still stops the server's writing, and gets all of it when it goes on", async () => {
  const total = 64 * 1024 * 1024;
  const floods = await flood(total);
  const client = new Anthropic({ apiKey: "practice", baseURL: floods.url, maxRetries: 0, logLevel: "off" });
  await using at = await practice({ client });
  const conversation = await at.start();
  const turn = conversation.send("Begin.");
  let length = 0;
  for await (const text of turn.textStream) {
    if (length === 0) {
      await floods.standsStill();
      expect(floods.written()).toBeLessThan(total / 2);
    }
    length += text.length;
  }
  expect((await turn.result).outcome.type).toBe("completed");
  expect(length).toBe(total);
}, 60_000);

async function eventsOf(turn: AsyncIterable<TurnEvent>): Promise<readonly TurnEvent[]> {
  return Array.fromAsync(turn);
}

/** A server that writes one reply of so many letters as fast as it is taken. */
async function flood(total: number) {
  let written = 0;
  let writes = 0;
  const event = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const delta = event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "x".repeat(256 * 1024) } } as never);
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [], stop_reason: null, usage };
  const write = async (response: ServerResponse): Promise<void> => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(event({ type: "message_start", message } as never));
    response.write(event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as never));
    while (written < total) {
      written += 256 * 1024;
      writes += 1;
      if (!response.write(delta)) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.write(event({ type: "content_block_stop", index: 0 } as never));
    response.write(event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage } as never));
    response.end(event({ type: "message_stop" }));
  };
  const server = createServer((request, response) => void request.resume().once("end", () => void write(response)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    written: () => written,
    /** Settles when the server has written nothing for many turns of the event loop, or all. */
    async standsStill(): Promise<void> {
      const isAllWritten = () => written >= total;
      for (let quiet = 0, before = writes; quiet < 500 && !isAllWritten(); quiet += 1) {
        await settled();
        if (writes !== before) [quiet, before] = [0, writes];
      }
    },
  };
}
