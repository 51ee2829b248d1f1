import type { Boundary, Entry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { applyBoundaries } from "../request/boundaries.ts";
import { isThinking } from "../request/sendable.ts";
import { billedOneByOne } from "../rewriting/change-bill.ts";
import type { Outcome } from "../stop/outcome.ts";
import type { TurnContext } from "./turn-context.ts";

/**
 * After a 400 that calls a text blank: models say text of nothing but white space, which goes back as it came, and not every
 * server takes it back. It is left out from here on, with its bill. False where that would not help.
 */
export async function leaveOutBlankText(turn: TurnContext, outcome: Outcome): Promise<boolean> {
  if (outcome.type !== "failed" || outcome.failure.status !== 400 || !isOfBlankText(outcome.failure.message)) return false;
  const bodies = billedOneByOne(turn.writer.path, supersededWithoutBlank(turn.writer.path), turn);
  if (bodies.length === 0) return false;
  await turn.writer.append(...bodies.map((body) => turn.writer.draw(body)));
  return true;
}

/** Source: rules `text-blank` and `text-empty`. */
export function isOfBlankText(message: string): boolean {
  return /\btext content blocks must (?:contain non-whitespace text|be non-empty)/.test(message) && !message.startsWith("system:");
}

function supersededWithoutBlank(path: readonly Entry[]): readonly Boundary[] {
  return applyBoundaries(path).flatMap(({ entryId, role, content }) => {
    if (entryId === undefined || !content.some(isBlank)) return [];
    const kept = role === "assistant" ? saidWithoutBlank(content) : content.filter((block) => !isBlank(block));
    return [{ type: "superseded", entryId, content: kept }];
  });
}

/** What was thought behind the blank text is bound to a prefix that is no longer sent; and thinking cannot end a message. */
function saidWithoutBlank(content: readonly ContentBlock[]): readonly ContentBlock[] {
  const gap = content.findIndex(isBlank);
  const kept = content.filter((block, at) => at < gap || !(isBlank(block) || isThinking(block)));
  return kept.slice(0, kept.findLastIndex((block) => !isThinking(block)) + 1);
}

function isBlank(block: ContentBlock): boolean {
  return block.type === "text" && typeof block.text === "string" && block.text.trim() === "";
}
