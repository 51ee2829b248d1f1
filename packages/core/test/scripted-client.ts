import type { ContentBlock } from "../src/messages/content-block.ts";
import type { StreamEvent } from "../src/messages/fold.ts";
import type { RequestBody } from "../src/request/request-body.ts";
import type { MessagesClient, MessagesEndpoint } from "../src/turn/messages-client.ts";
import { delta, end, start, startBlock, stopBlock } from "./stream-events.ts";

/** What the API answers: events of a stream, or something else that its client would do. */
export type Scripted = readonly StreamEvent[] | ((body: RequestBody, signal: AbortSignal) => unknown);

/** A client that gives prepared answers and keeps what it was asked. */
export class ScriptedClient implements MessagesClient {
  readonly bodies: RequestBody[] = [];
  readonly #answers: Scripted[];

  constructor(...answers: readonly Scripted[]) {
    this.#answers = [...answers];
  }

  readonly messages: MessagesEndpoint = {
    create: async (body: RequestBody, options: { signal: AbortSignal }): Promise<unknown> => {
      this.bodies.push(JSON.parse(JSON.stringify(body)) as RequestBody);
      const answer = this.#answers.shift() ?? said("I have nothing more to say.");
      return typeof answer === "function" ? answer(body, options.signal) : stream(answer);
    },
  };
}

/** The stream of a whole reply. */
export function replied(content: readonly ContentBlock[], stopReason = "end_turn"): StreamEvent[] {
  return [start(), ...content.flatMap(eventsOf), ...end(stopReason)];
}

export function said(text: string): StreamEvent[] {
  return replied([{ type: "text", text }]);
}

export async function* stream(events: readonly StreamEvent[]): AsyncGenerator<StreamEvent> {
  yield* events;
}

/** A stream that says this and then nothing, until it is called off. */
export async function* hanging(events: readonly StreamEvent[], signal: AbortSignal): AsyncGenerator<StreamEvent> {
  yield* events;
  await new Promise((resolve) => {
    signal.addEventListener("abort", resolve, { once: true });
  });
}

function eventsOf(block: ContentBlock, index: number): StreamEvent[] {
  if (block.type === "text")
    return [startBlock(index, { ...block, text: "" }), delta(index, { type: "text_delta", text: block.text }), stopBlock(index)];
  if (block.type !== "tool_use") return [startBlock(index, block), stopBlock(index)];
  const partial = typeof block.input === "string" ? block.input : JSON.stringify(block.input);
  return [startBlock(index, { ...block, input: {} }), delta(index, { type: "input_json_delta", partial_json: partial }), stopBlock(index)];
}
