import type { TurnEvent } from "../turn/turn-event.ts";
import { PartialJson } from "./partial-json.ts";

/** The input of a tool call as far as it has come. */
export interface PartialInput {
  readonly toolUseId: string;
  readonly name: string;
  /**
   * What has come, as a value: strings as far as they have come, numbers and literals when they are whole. While it grows it is
   * the same object each time: read it, and copy what must not change. `undefined` before its first character.
   */
  readonly input: unknown;
  /** Whether that was all: then `input` is what the tool gets. An input that was cut, or is no JSON, never is. */
  readonly whole: boolean;
}

/**
 * The inputs of a turn's tool calls while they arrive, parsed as they come: `for await (const { name, input } of partialInputs(turn))`.
 * Gives one item for each piece that the API sends, and one with the whole input at the end of each call. Over a whole input it
 * costs what its length costs, however small the pieces are; a turn that nobody reads in this way parses no partial input at all.
 * It is a reader of the turn like others, and holds it up as they do.
 */
export async function* partialInputs(events: AsyncIterable<TurnEvent>): AsyncGenerator<PartialInput, void, undefined> {
  const calls = new Map<number, Call>();
  for await (const event of events) {
    switch (event.type) {
      case "request-start":
        calls.clear();
        break;
      case "block-start":
        calls.delete(event.index);
        if (typeof event.block.id === "string" && typeof event.block.name === "string")
          calls.set(event.index, { toolUseId: event.block.id, name: event.block.name, json: new PartialJson() });
        break;
      case "tool-input-delta": {
        const call = calls.get(event.index);
        if (call === undefined) break;
        call.json.add(event.json);
        yield { toolUseId: call.toolUseId, name: call.name, input: call.json.value, whole: false };
        break;
      }
      case "block-stop": {
        const call = calls.get(event.index);
        if (call === undefined || !call.json.whole) break;
        yield { toolUseId: call.toolUseId, name: call.name, input: event.block.input, whole: true };
        break;
      }
      default:
        break;
    }
  }
}

interface Call {
  readonly toolUseId: string;
  readonly name: string;
  readonly json: PartialJson;
}
