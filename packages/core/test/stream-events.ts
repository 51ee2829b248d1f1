import fc from "fast-check";
import type { StreamEvent } from "../src/messages/fold.ts";

/** Raw events in wire form, to build streams from in tests. */

export interface DeltaEvent extends StreamEvent {
  readonly index: number;
  readonly delta: { readonly type: string; readonly [field: string]: unknown };
}

type Block = { readonly type: string; readonly [field: string]: unknown };
type Delta = DeltaEvent["delta"];

export function start(fields: Readonly<Record<string, unknown>> = {}): StreamEvent {
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-5-5",
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
  return wire({ type: "message_start", message: { ...message, usage: { input_tokens: 3, output_tokens: 1 }, ...fields } });
}

export function startBlock(index: number, block: Block): StreamEvent {
  return wire({ type: "content_block_start", index, content_block: block });
}

export function delta(index: number, fields: Delta): DeltaEvent {
  return { type: "content_block_delta", index, delta: fields };
}

export function says(index: number, text: string): DeltaEvent {
  return delta(index, { type: "text_delta", text });
}

export function stopBlock(index: number): StreamEvent {
  return wire({ type: "content_block_stop", index });
}

export function messageDelta(stopReason: string | null = "end_turn", fields: Readonly<Record<string, unknown>> = {}): StreamEvent {
  return wire({ type: "message_delta", delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 9 }, ...fields });
}

export function end(stopReason: string | null = "end_turn"): StreamEvent[] {
  return [messageDelta(stopReason), { type: "message_stop" }];
}

/** Lets an event carry fields beside its `type`, as events of the wire do. */
export function wire(event: StreamEvent & Readonly<Record<string, unknown>>): StreamEvent {
  return event;
}

const anyText = fc.string({ unit: "binary", maxLength: 12 });
const pieces = (text: string) => fc.array(fc.nat({ max: text.length }), { maxLength: 5 }).map((cuts) => cutAt(text, cuts));
const anyInput = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3, noNullPrototype: true });

const textDelta = anyText.map((text): Delta => ({ type: "text_delta", text }));
const citationDelta = anyText.map((title): Delta => ({
  type: "citations_delta",
  citation: { type: "char_location", document_title: title },
}));
const thinkingDelta = anyText.map((thinking): Delta => ({ type: "thinking_delta", thinking, estimated_tokens: 7 }));
const signatureDelta = anyText.map((signature): Delta => ({ type: "signature_delta", signature }));
const compactionDelta = fc.option(anyText).map((content): Delta => ({ type: "compaction_delta", content, encrypted_content: null }));
const unknownDelta = fc.jsonValue().map((light): Delta => ({ type: "hologram_delta", light }));
const malformedDelta = fc.constantFrom<Delta>({ type: "text_delta", text: 7 }, { type: "input_json_delta" }, { type: "citations_delta" });
const inputDeltas = anyInput
  .chain((input) => pieces(JSON.stringify(input)))
  .map((all) => all.map((partial_json): Delta => ({ type: "input_json_delta", partial_json })));

const known: readonly (readonly [Block, fc.Arbitrary<Delta[]>])[] = [
  [{ type: "text", text: "" }, fc.array(fc.oneof(textDelta, citationDelta))],
  [{ type: "text", text: "So: ", citations: null }, fc.array(fc.oneof(textDelta, citationDelta))],
  [{ type: "text", text: "", citations: [{ type: "char_location", document_title: "first" }] }, fc.array(citationDelta)],
  [{ type: "thinking", thinking: "", signature: "" }, fc.array(fc.oneof(thinkingDelta, signatureDelta))],
  [{ type: "tool_use", id: "toolu_1", name: "weather", input: {}, caller: { type: "direct" } }, inputDeltas],
  [
    { type: "tool_use", id: "toolu_2", name: "weather", input: { city: "Oslo" } },
    fc.oneof(inputDeltas, fc.constantFrom<Delta[]>([], [{ type: "input_json_delta", partial_json: "" }])),
  ],
  [{ type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} }, inputDeltas],
  [{ type: "mcp_tool_use", id: "mcptoolu_1", name: "x", server_name: "y", input: {} }, inputDeltas],
  [{ type: "compaction", content: null, encrypted_content: null }, fc.array(compactionDelta, { maxLength: 2 })],
  [
    { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [{ type: "web_search_result", encrypted_content: "x" }] },
    fc.constant([]),
  ],
];

const knownBlock = fc.nat({ max: known.length - 1 }).chain((at) => fc.tuple(fc.constant(known[at]![0]), known[at]![1]));
const wildDelta = fc.oneof(
  textDelta,
  citationDelta,
  thinkingDelta,
  signatureDelta,
  compactionDelta,
  unknownDelta,
  malformedDelta,
  inputDeltas.map((all) => all[0]!),
);
const wildBlock = fc.tuple(
  fc.oneof(
    knownBlock.map(([block]) => block),
    fc.constant<Block>({ type: "hologram", text: "", input: {}, deep: { a: [1] } }),
  ),
  fc.array(wildDelta, { maxLength: 8 }),
);
const noise = fc.constantFrom<StreamEvent>({ type: "ping" }, wire({ type: "hologram_start", index: 0 }));

/** A whole stream of known blocks, each with the deltas that belong to it. */
export const anyKnownEvents: fc.Arbitrary<StreamEvent[]> = fc
  .array(knownBlock, { maxLength: 5 })
  .map((blocks) => [start(), ...blocks.flatMap(eventsOf), ...end()]);

/** A stream with any deltas on any blocks, known and not, with noise between the events; perhaps cut short. */
export const anyEvents: fc.Arbitrary<StreamEvent[]> = fc
  .array(fc.oneof(knownBlock, wildBlock), { maxLength: 5 })
  .map((blocks) => [start(), ...blocks.flatMap(eventsOf), ...end()])
  .chain((events) => fc.array(fc.tuple(fc.nat({ max: events.length }), noise), { maxLength: 4 }).map((added) => withNoise(events, added)))
  .chain((events) => fc.nat({ max: events.length }).map((length) => events.slice(0, length)));

function eventsOf([block, deltas]: readonly [Block, Delta[]], index: number): StreamEvent[] {
  return [startBlock(index, block), ...deltas.map((fields) => delta(index, fields)), stopBlock(index)];
}

function withNoise(events: readonly StreamEvent[], added: readonly (readonly [number, StreamEvent])[]): StreamEvent[] {
  return events.flatMap((event, at) => [...added.filter(([before]) => before === at).map(([, noisy]) => noisy), event]);
}

function cutAt(text: string, cuts: readonly number[]): string[] {
  const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
  return at.slice(1).map((cut, i) => text.slice(at[i], cut));
}
