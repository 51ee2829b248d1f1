import type { TurnEvent, TurnResult } from "@antiphon/core";

/** How a turn is shown. The plain text and the JSON lines are two of them; the chat is a third. */
export interface TurnView {
  /** The conversation is known, and the turn about to begin. */
  begin(about: { readonly conversation: string; readonly branch: string; readonly continued: boolean }): void;
  /** Shows one event. A promise where its reader is behind. */
  show(event: TurnEvent): Promise<void> | undefined;
  /** Shows how it ended. `line` says it in words, where it needs words. */
  end(result: TurnResult, line: string | undefined): void;
}
