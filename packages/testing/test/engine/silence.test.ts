import Anthropic from "@anthropic-ai/sdk";
import { manualTime } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { goOn, practice, replies, spoken } from "./practice.ts";
import { settled } from "./settled.ts";

const SILENCE_MS = 120_000;
const reply = { content: [{ type: "text", text: "A first part, and then a second part that is longer." }] };

test("a stream that falls silent behind some text is interrupted when its time is over, and not before", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ ...reply, faults: [{ kind: "silence", at: { afterEvents: 4 } }] });
  const turn = conversation.send("Begin.");
  for await (const event of turn) if (event.type === "text-delta") break;
  await settled();
  at.environment.pass(SILENCE_MS - 1);
  await settled();
  expect(replies(conversation)).toEqual([]);
  at.environment.pass(1);
  expect((await turn.result).outcome).toEqual({ type: "interrupted", reason: "silence", message: `No byte came for ${SILENCE_MS} ms.` });
  expect(await at.server.requests[0]!.ended).toBe("client-left");
  expect(spoken(await goOn(at, conversation))[1]).toMatch(/^assistant: A first part/);
});

test("a stream that is silent from its first event on is asked for again, and then interrupted", async () => {
  await using at = await practice();
  const conversation = await at.start();
  const silent = { ...reply, faults: [{ kind: "silence", at: { afterEvents: 1 } }] } as const;
  at.server.script(silent, silent, silent);
  const turn = conversation.send("Begin.");
  for (const count of [1, 2, 3]) {
    await at.server.received(count);
    while (!at.environment.waiting.includes(SILENCE_MS)) await settled();
    at.environment.pass(SILENCE_MS);
  }
  expect((await turn.result).outcome).toMatchObject({ type: "interrupted", reason: "silence" });
  expect(spoken(await goOn(at, conversation))).toEqual(["user: Begin. | Go on."]);
});

test("pings are no silence, however long there is nothing else", async () => {
  const serverTime = manualTime();
  const bytes = byteCounter();
  await using at = await practice({ server: { schedule: serverTime.schedule, pingMs: 10_000 } });
  const client = new Anthropic({ apiKey: "practice", baseURL: at.server.url, fetch: bytes.fetch });
  await using other = await practice({ environment: at.environment, client });
  const conversation = await other.start();
  at.server.script({ ...reply, faults: [{ kind: "silence", at: { afterEvents: 4 }, pings: true }] });
  const abort = new AbortController();
  const turn = conversation.send("Begin.", { signal: abort.signal });
  let ended = false;
  void turn.result.then(() => (ended = true));
  for await (const event of turn) if (event.type === "text-delta") break;
  for (let ping = 0; ping < 60; ping += 1) {
    await serverTime.waited();
    const heard = bytes.more();
    serverTime.pass(10_000);
    await heard;
    at.environment.pass(10_000);
  }
  await settled();
  expect(ended).toBe(false);
  abort.abort();
  expect((await turn.result).outcome).toEqual({ type: "aborted" });
});

/** A fetch that tells when the next bytes of a response body have come. */
function byteCounter() {
  let waiting = Promise.withResolvers<void>();
  return {
    more: () => (waiting = Promise.withResolvers<void>()).promise,
    async fetch(...args: Parameters<typeof fetch>): Promise<Response> {
      const response = await fetch(...args);
      const watch = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          controller.enqueue(chunk);
          waiting.resolve();
        },
      });
      return new Response(response.body?.pipeThrough(watch), response);
    },
  };
}
