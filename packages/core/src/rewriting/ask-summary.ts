import type { ReplyFacts } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock, ContentParam } from "../messages/content-block.ts";
import { ownContent } from "../messages/own-content.ts";
import type { ReceivedMessage } from "../messages/reply.ts";
import { text } from "../messages/text.ts";
import type { RequestBody, RequestMessage } from "../request/request-body.ts";

/** What a function that summarises is told beside the messages. */
export interface SummaryContext {
  readonly signal: AbortSignal;
  /** The settings in force: the model, `system` and `tools` that the messages were said under. */
  readonly settings: Settings;
  readonly instructions: string | undefined;
}

/** A summary: text, content blocks, or the whole message that a model answered, whose stop reason is then checked. */
export type SummaryAnswer = ContentParam | ReceivedMessage;

/** Tells what these messages say. They end where they are cut, mostly with a reply. */
export type Summarise = (messages: readonly RequestMessage[], context: SummaryContext) => SummaryAnswer | Promise<SummaryAnswer>;

/** What stands in place of the messages, and what the API said about it. */
export interface Summary {
  readonly content: readonly ContentBlock[];
  readonly reply?: ReplyFacts;
}

/** Asks a function for a summary. Errors: `summary_failed` where it throws or gives none, the signal's reason where that aborted. */
export async function askSummary(
  by: Summarise,
  { messages, ...settings }: RequestBody,
  context: Omit<SummaryContext, "settings">,
): Promise<Summary> {
  let answer: SummaryAnswer;
  try {
    answer = await by(messages, { ...context, settings });
  } catch (cause) {
    context.signal.throwIfAborted();
    throw summaryFailed("its function threw", { cause });
  }
  return { content: contentOf(answer) };
}

/** Nothing was changed: a remedy stands in the documents, since it depends on who failed. */
export function summaryFailed(
  what: string,
  { cause, ...details }: { readonly cause?: unknown; readonly [field: string]: unknown } = {},
): AntiphonError {
  return new AntiphonError("summary_failed", `There is no summary: ${what}. Nothing was changed: try again, or make room in another way.`, {
    ...(cause !== undefined && { cause }),
    details,
  });
}

function contentOf(answer: SummaryAnswer): readonly ContentBlock[] {
  const said = isMessage(answer) ? textOf(answer) : answer;
  if (typeof said === "string") {
    if (said.trim() === "") throw summaryFailed("its function gave no text");
    return [{ type: "text", text: `[What was said before this is not here any more. A summary of it:]\n\n${said}` }];
  }
  try {
    return ownContent(said);
  } catch (cause) {
    throw summaryFailed("its function gave no content", { cause });
  }
}

function isMessage(answer: SummaryAnswer): answer is ReceivedMessage {
  return typeof answer === "object" && answer !== null && "stop_reason" in answer;
}

function textOf({ content, stop_reason: stopReason }: ReceivedMessage): string {
  if (stopReason === "end_turn" || stopReason === "stop_sequence") return text(content);
  throw summaryFailed(`its function gave a reply that stopped for ${String(stopReason)}`, { stopReason });
}
