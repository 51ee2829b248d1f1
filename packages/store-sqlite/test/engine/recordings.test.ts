import { isDeepStrictEqual } from "node:util";
import { antiphon, MemoryStore, plan, text } from "@antiphon/core";
import { beforeAll, describe, expect, test } from "vitest";
import { type Played, playRecordings } from "./play-recordings.ts";
import { messages, readMessage, type Recording, recordingsHere, sdkFinal, streams } from "./recordings.ts";
import { stillEnvironment } from "./still-environment.ts";

/** The model declined: the API asks for the refused output to be discarded, so nothing of it is sent. By file. */
const REFUSED: readonly string[] = [
  "anthropics_anthropic-sdk-python/tests_fixtures_fable-fallback_stream-a-refusal.sse__00.sse",
  "anthropics_anthropic-sdk-python/tests_fixtures_fable-fallback_stream-a-toolrefusal.sse__00.sse",
  "anthropics_anthropic-sdk-python/tests_lib_streaming_fixtures_refusal_response.txt__00.sse",
  "anthropics_anthropic-sdk-typescript/tests_fixtures_fable-fallback_stream-a-refusal.sse__00.sse",
  "anthropics_anthropic-sdk-typescript/tests_fixtures_fable-fallback_stream-a-toolrefusal.sse__00.sse",
];

/** `max_tokens` cut a tool call in the middle of its input: the API takes no part of a call, so the last block is not sent. */
const CUT_IN_A_TOOL_CALL: readonly string[] = [
  "anthropics_anthropic-sdk-python/tests_lib_streaming_fixtures_incomplete_partial_json_response.txt__00.sse",
  "anthropics_anthropic-sdk-typescript/tests_lib_fixtures_incomplete_partial_json_response.txt__00.sse",
];

let played: ReadonlyMap<string, Played>;

beforeAll(async () => {
  played = recordingsHere ? await playRecordings([...streams, ...messages]) : new Map();
}, 180_000);

describe.skipIf(!recordingsHere)("a recorded reply that went over HTTP into a turn and through a file into another process", () => {
  test("is one of 120 streams and 391 messages", () => {
    expect([streams.length, messages.length, played.size]).toEqual([120, 391, 511]);
  });

  test("is in the next request with content deep-equal to what the SDK made of the stream, except where the API wants less", async () => {
    expect(await filesWhere(streams, async (row) => !isDeepStrictEqual(at(row).sent, (await sdkFinal(row)).content))).toEqual(
      [...REFUSED, ...CUT_IN_A_TOOL_CALL].toSorted(),
    );
  });

  test("is not sent where the model refused", async () => {
    expect(await filesWhere(streams, async (row) => at(row).sent === undefined)).toEqual(REFUSED.toSorted());
  });

  test("is sent up to the call that max_tokens cut", async () => {
    for (const row of streams.filter(({ file }) => CUT_IN_A_TOOL_CALL.includes(file))) {
      expect(at(row).sent).toEqual((await sdkFinal(row)).content.slice(0, -1));
    }
  });

  test("is in the next request as it came where it came as one JSON message, to the order of its keys", async () => {
    expect(
      await filesWhere(messages, async (row) => JSON.stringify(at(row).sent) !== JSON.stringify(readMessage(row.file).content)),
    ).toEqual([]);
  });

  test("is stored with its stop reason and its whole content, refused and cut ones too", async () => {
    const lost = await filesWhere([...streams, ...messages], async (row) => {
      const { entry } = at(row);
      const final = await sdkFinal(row);
      if (entry?.kind !== "message" || entry.reply?.stopReason !== row.stop_reason || !entry.reply.whole) return true;
      const types = (content: readonly { type: string }[]): string => content.map(({ type }) => type).join();
      return text(entry.content) !== text(final.content) || types(entry.content) !== types(final.content);
    });
    expect(lost).toEqual([]);
  });

  test("ends its turn with the outcome of its stop reason", () => {
    const outcomes: Record<string, string[]> = {};
    for (const row of [...streams, ...messages]) (outcomes[row.stop_reason] ??= []).push(at(row).outcome.type);
    expect(Object.fromEntries(Object.entries(outcomes).map(([reason, types]) => [reason, [...new Set(types)]]))).toEqual({
      end_turn: ["completed"],
      stop_sequence: ["stopped"],
      tool_use: ["limit"],
      pause_turn: ["limit"],
      refusal: ["refused"],
      max_tokens: ["truncated"],
    });
  });

  test("can be gone on with: the strict server takes the next request of every one", async () => {
    expect(await filesWhere([...streams, ...messages], async (row) => at(row).status !== 200)).toEqual([]);
  });
});

describe.skipIf(!recordingsHere)("a recorded message that is recorded from the caller's own loop", () => {
  test("is in the next request as it came, with the plan that its stop reason has", async () => {
    const environment = stillEnvironment("recorded");
    const chat = antiphon({
      client: { messages: { create: () => expect.fail("nothing is sent") } },
      store: new MemoryStore(),
      environment,
      caching: "off",
    });
    const differing = await filesWhere(messages, async (row) => {
      const message = readMessage(row.file);
      const conversation = await chat.create({ model: "claude-sonnet-4-6", max_tokens: 1024 });
      await conversation.append({ role: "user", content: "Begin." }, { origin: "human" });
      const next = await conversation.record(message);
      const { body } = await conversation.request();
      const same = JSON.stringify(body.messages[1]!.content) === JSON.stringify(message.content);
      return !same || next.next !== plan(message).next;
    });
    expect(differing).toEqual([]);
  });
});

async function filesWhere(rows: readonly Recording[], differs: (row: Recording) => Promise<boolean>): Promise<string[]> {
  const files: string[] = [];
  for (const row of rows) if (await differs(row)) files.push(row.file);
  return files.toSorted();
}

function at({ file }: Recording): Played {
  return played.get(file)!;
}
