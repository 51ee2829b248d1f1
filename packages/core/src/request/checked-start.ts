import type { ModelFacts } from "../models/model-facts.ts";
import type { RequestBody, RequestMessage } from "./request-body.ts";
import { lettersIn } from "./rules/limits.ts";
import type { ViewStart } from "./rules/request-view.ts";
import type { Settled } from "./settled.ts";
import { validateRequest, validateFrom, type Violation } from "./validate-request.ts";

/** Behind so many images some rules ask about each of them again. Source: the rule `image-over-2000-pixels`. */
const IMAGES_MAX = 20;

/**
 * Remembers what validation found in the settled start of a request, so that only what stands behind it is looked at again,
 * together with the exchange before it. Where a rule may find something new in what was checked, all is checked.
 */
export class CheckedStart {
  /** The messages that were checked, with what was counted in them. */
  #messages = 0;
  #images = 0;
  #letters = 0;
  #turns = 0;
  #lastRole: string | undefined;
  #start: ViewStart | undefined;
  #violations: readonly Violation[] = [];
  #under: string | undefined;

  violationsOf(body: RequestBody, settled: Settled, model: ModelFacts | undefined): readonly Violation[] {
    const under = checkedUnder(body);
    const behind = body.messages.slice(this.#messages);
    const isWhole = settled.theirMarks.length > 0 || (this.#under !== undefined && this.#under !== under);
    if (isWhole || this.#images + countImages(behind) > IMAGES_MAX) return validateRequest(body, { model: model ?? null });
    const found = validateFrom(body, this.#start, { model: model ?? null });
    const news = found.filter(({ path }) => (messageOf(path) ?? Infinity) >= this.#messages);
    const violations = [...this.#violations, ...news];
    this.#violations = violations.filter(({ path }) => (messageOf(path) ?? Infinity) < settled.messages.length);
    this.#under = under;
    this.#count(settled.messages);
    return violations;
  }

  #count(messages: readonly RequestMessage[]): void {
    const added = messages.slice(this.#messages);
    if (added.length === 0) return;
    this.#messages = messages.length;
    this.#images += countImages(added);
    this.#letters += lettersIn(added);
    for (const { role } of added) {
      // The API counts from a user's turn.
      if (role !== this.#lastRole) this.#turns += this.#turns === 0 && role === "assistant" ? 2 : 1;
      this.#lastRole = role;
    }
    const from = Math.max(
      0,
      messages.findLastIndex(({ role }) => role === "assistant"),
    );
    const exchange = messages.slice(from);
    const turns = exchange.filter(({ role }, at) => role !== exchange[at - 1]?.role).length;
    this.#start = { message: from, apiIndex: this.#turns - turns, letters: this.#letters - lettersIn(exchange) };
  }
}

/** What a rule about content hangs on beside the content and the model. */
function checkedUnder(body: RequestBody): string {
  const { format } = (body.output_config ?? {}) as { format?: unknown };
  return JSON.stringify([format !== undefined && format !== null, body["anthropic_version"] ?? null]);
}

/** The index of the message that a violation is in; `undefined` for one of the request as a whole. */
function messageOf(path: string): number | undefined {
  const [, index] = /^messages\.(\d+)/.exec(path) ?? [];
  return index === undefined ? undefined : Number(index);
}

function countImages(messages: readonly { readonly content: unknown }[]): number {
  let images = 0;
  for (const { content } of messages) {
    for (const block of Array.isArray(content) ? (content as readonly { type: string; content?: unknown }[]) : []) {
      images += block.type === "image" ? 1 : block.type === "tool_result" ? countImages([{ content: block.content }]) : 0;
    }
  }
  return images;
}
