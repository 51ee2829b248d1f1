import { existsSync, readFileSync } from "node:fs";
import { BetaMessageStream } from "@anthropic-ai/sdk/lib/BetaMessageStream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ContentBlock } from "../src/messages/content-block.ts";
import { DraftLog, replayDraft } from "../src/messages/draft-log.ts";
import { ReplyFold, type StreamEvent } from "../src/messages/fold.ts";
import { type FoldedReply, fromMessage, type ReceivedMessage } from "../src/messages/reply.ts";

const RECORDINGS = new URL("../../../../shared/recordings/", import.meta.url);

/**
 * Where the fold differs from the SDK's accumulator, by recording, each for the same reason: `max_tokens` cut a tool call in
 * the middle of its input. The SDK closes the JSON by itself and hands out an input that the model never wrote; the fold
 * leaves the input as it began and keeps the text as it came.
 */
const CUT_TOOL_INPUTS: readonly string[] = [
  "anthropics_anthropic-sdk-python/tests_lib_streaming_fixtures_incomplete_partial_json_response.txt__00.sse",
  "anthropics_anthropic-sdk-typescript/tests_lib_fixtures_incomplete_partial_json_response.txt__00.sse",
];
const CUT_BLOCK = 1;
const CUT_INPUT = `{"filename": "taxes.txt", "lines_of_text": [
"# COMPREHENSIVE TAX GUIDE FOR INDIVIDUALS WITH MULTIPLE W-2s",
"",
"## INTRODUCTION",
"",
"Filing taxes`;

interface Row {
  readonly file: string;
  readonly kind: string;
  readonly sdk_final?: string;
}

type WireMessage = ReceivedMessage & { readonly [field: string]: unknown };

const here = existsSync(RECORDINGS);
const rows: readonly Row[] = here ? JSON.parse(read("index.json")) : [];
const streams = rows.filter((row) => row.kind === "sse");
const messages = rows.filter((row) => row.kind === "message");

if (!here) console.warn(`No recordings at ${RECORDINGS.pathname}: the fold is not held against recorded streams.`);

describe.skipIf(!here)("a recorded stream", () => {
  test("there are 120 of them, and 391 recorded messages", () => {
    expect([streams.length, messages.length]).toEqual([120, 391]);
  });

  test.each(streams)("folds to what the SDK makes of it: $file", async ({ file, sdk_final }) => {
    const events = eventsIn(read(file));
    const reply = folded(events);
    const cut = CUT_TOOL_INPUTS.includes(file);
    expect(reply.partialInputs).toEqual(cut ? { [CUT_BLOCK]: CUT_INPUT } : undefined);
    expect(reply.rawDeltas).toBeUndefined();
    expect(reply.facts.whole).toBe(true);
    const accumulated = await BetaMessageStream.fromReadableStream(ndjson(events)).finalMessage();
    const finals = [accumulated, ...(sdk_final ? [JSON.parse(read(sdk_final))] : [])] as WireMessage[];
    for (const final of finals) {
      const content = cut ? final.content.map((block, at) => (at === CUT_BLOCK ? { ...block, input: {} } : block)) : final.content;
      expect(asWire(reply)).toEqual({ ...stripped(final), content });
    }
  });

  test.each(streams)("cut at any byte is a part of the whole, and never throws: $file", ({ file }) => {
    const bytes = readFileSync(new URL(file, RECORDINGS));
    const whole = folded(eventsIn(read(file)));
    fc.assert(
      fc.property(fc.nat({ max: bytes.length }), (at) => {
        expectPart(folded(eventsIn(new TextDecoder().decode(bytes.subarray(0, at)))), whole);
      }),
      { numRuns: 12 },
    );
  });

  test.each(streams)("logged as a draft is what it was at the last take, wherever the takes fall: $file", ({ file }) => {
    const events = eventsIn(read(file));
    const anyTakes = fc.uniqueArray(fc.nat({ max: events.length - 1 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(anyTakes, (takes) => {
        const fold = new ReplyFold();
        const [log, chunks] = [new DraftLog(fold), [] as string[]];
        const until = Math.max(...takes) + 1;
        events.slice(0, until).forEach((event, at) => {
          log.add(event, fold.push(event));
          if (takes.includes(at)) chunks.push(log.take() ?? "");
        });
        expect(replayDraft(chunks)).toEqual(fold.reply());
      }),
      { numRuns: 8 },
    );
  });

  test("has its tool inputs parsed once each, at the block's end", () => {
    const file = streams.find((row) => row.file.includes("code_execution"))!.file;
    const events = eventsIn(read(file));
    const inputs = events.filter((event) => event.type === "content_block_start" && JSON.stringify(event).includes('"input":{}'));
    const parse = JSON.parse;
    let parses = 0;
    try {
      JSON.parse = (...args) => ((parses += 1), parse(...args));
      folded(events);
    } finally {
      JSON.parse = parse;
    }
    expect(parses).toBe(inputs.length);
    expect(parses).toBeGreaterThan(0);
  });
});

describe.skipIf(!here)("a recorded message", () => {
  test.each(messages)("comes out as it went in: $file", ({ file }) => {
    const message = JSON.parse(read(file)) as WireMessage;
    const reply = fromMessage(message);
    expect(asWire(reply)).toEqual(stripped(message));
    expect(JSON.stringify(reply.content)).toBe(JSON.stringify(message.content));
  });
});

function read(file: string): string {
  return readFileSync(new URL(file, RECORDINGS), "utf8");
}

function folded(events: readonly StreamEvent[]): FoldedReply {
  const fold = new ReplyFold();
  for (const event of events) fold.push(event);
  return fold.reply();
}

/** The events whose end has arrived: a torn one at the end is no event. */
function eventsIn(sse: string): StreamEvent[] {
  const parts = sse.replaceAll("\r\n", "\n").split("\n\n");
  const whole = parts.slice(0, -1);
  const data = whole.map((part) => /^data:(.*)$/m.exec(part)?.[1]).filter((line) => line !== undefined);
  return data.map((line) => JSON.parse(line) as StreamEvent);
}

function ndjson(events: readonly StreamEvent[]): ReadableStream {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  return new Blob(lines).stream();
}

/** A reply put back into the form of a message, so that nothing of it can be missing unnoticed. */
function asWire({ content, facts }: FoldedReply): object {
  return {
    ...facts.extra,
    id: facts.responseId,
    type: "message",
    role: "assistant",
    model: facts.model,
    content,
    stop_reason: facts.stopReason,
    stop_sequence: facts.stopSequence ?? null,
    stop_details: facts.stopDetails ?? null,
    usage: facts.usage,
  };
}

/** A message of the SDK or the API without what the SDK adds, and with the two fields that older replies lack. */
function stripped(message: WireMessage): WireMessage {
  return { ...message, parsed_output: undefined, stop_sequence: message.stop_sequence ?? null, stop_details: message.stop_details ?? null };
}

function expectPart(part: FoldedReply, whole: FoldedReply): void {
  expect(part.content.length).toBeLessThanOrEqual(whole.content.length);
  expect(part.content.slice(0, part.completeBlocks)).toEqual(whole.content.slice(0, part.completeBlocks));
  part.content.slice(part.completeBlocks).forEach((block, at) => expectPartOf(block, whole.content[part.completeBlocks + at]!));
  if (part.facts.whole) expect(part.facts).toEqual(whole.facts);
}

function expectPartOf(block: ContentBlock, whole: ContentBlock): void {
  expect(block.type).toBe(whole.type);
  for (const field of ["text", "thinking"]) {
    const came = block[field];
    if (typeof came === "string") expect((whole[field] as string).slice(0, came.length)).toBe(came);
  }
  if (Array.isArray(block.citations)) expect((whole.citations as unknown[]).slice(0, block.citations.length)).toEqual(block.citations);
}
