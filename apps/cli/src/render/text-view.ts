import type { TurnEvent, TurnResult } from "@antiphon/core";
import type { Output } from "./output.ts";
import type { TurnView } from "./turn-view.ts";

/** The answer on stdout as it arrives, ending in a line break; what else there is to say on stderr. */
export class TextView implements TurnView {
  readonly #output: Output;
  readonly #signal: AbortSignal;
  #atLineStart = true;
  #retried = false;

  constructor(output: Output, signal: AbortSignal) {
    this.#output = output;
    this.#signal = signal;
  }

  begin(): void {}

  show(event: TurnEvent): Promise<void> | undefined {
    switch (event.type) {
      case "prefill-start":
      case "text-delta":
        if (event.text !== "") this.#atLineStart = event.text.endsWith("\n");
        return this.#output.write(event.text, this.#signal);
      case "draft-recovered":
        this.#output.notice("The last reply had broken off; the part of it that had come is kept, and is sent as it is.");
        return undefined;
      case "repair-stored":
        this.#output.notice(
          `${event.toolUseIds.length === 1 ? "A tool call" : `${event.toolUseIds.length} tool calls`} of the last reply had no answer; it is marked as not run.`,
        );
        return undefined;
      case "request-retry":
        if (this.#retried) return undefined;
        if (this.#output.isTerminal) this.#breakLine();
        this.#output.notice("The connection broke off before anything came; asking again.");
        this.#retried = true;
        return undefined;
      case "reply-discarded":
        this.#breakLine();
        this.#output.notice(`${event.maxTokens} tokens are given now, since the reply had no room; what was shown of it does not count.`);
        return undefined;
      default:
        return undefined;
    }
  }

  end(_result: TurnResult, line: string | undefined): void {
    this.#breakLine();
    if (line !== undefined) this.#output.notice(line);
  }

  #breakLine(): void {
    if (!this.#atLineStart) void this.#output.write("\n");
    this.#atLineStart = true;
  }
}
