import type { Outcome, TurnEvent, TurnResult } from "@antiphon/core";
import type { Failure } from "../failure.ts";
import type { Output } from "./output.ts";
import type { TurnView } from "./turn-view.ts";

/**
 * The events of a turn on stdout, one JSON object a line: first `conversation`, last `turn-end` with `conversation`, `outcome`,
 * `text` and `usage`. The words that a person would read stay on stderr.
 */
export class JsonView implements TurnView {
  readonly #output: Output;
  readonly #signal: AbortSignal;

  constructor(output: Output, signal: AbortSignal) {
    this.#output = output;
    this.#signal = signal;
  }

  begin(about: { readonly conversation: string; readonly branch: string; readonly continued: boolean }): void {
    void this.#line({ type: "conversation", ...about });
  }

  show(event: TurnEvent): Promise<void> | undefined {
    return event.type === "turn-end" ? undefined : this.#line(event);
  }

  end(result: TurnResult, line: string | undefined): void {
    const { conversationId, branchId, outcome, text, usage } = result;
    void this.#line({ type: "turn-end", conversation: conversationId, branch: branchId, outcome: this.#plain(outcome), text, usage });
    if (line !== undefined) this.#output.notice(line);
  }

  /** What was thrown is for programs in this process: outside it would be headers, stacks and half of the SDK. */
  #plain(outcome: Outcome): object {
    const plain = JSON.stringify(outcome, (name, value: unknown) => {
      if (name === "cause") return undefined;
      return typeof value === "string" ? this.#output.withoutSecrets(value) : value;
    });
    return JSON.parse(plain) as object;
  }

  #line(value: object): Promise<void> | undefined {
    return this.#output.write(`${JSON.stringify(value)}\n`, this.#signal);
  }
}

/** The last line of a program that came to no turn: the same fields, so that a reader needs no second way to look. */
export function failureJson({ code, message }: Pick<Failure, "code" | "message">): string {
  const outcome = { type: "failed", failure: { code, message, retryable: false } };
  return `${JSON.stringify({ type: "turn-end", conversation: null, branch: null, outcome, text: "", usage: {} })}\n`;
}
