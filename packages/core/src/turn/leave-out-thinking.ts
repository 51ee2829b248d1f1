import type { Entry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { applyBoundaries } from "../request/boundaries.ts";
import type { Projection } from "../request/project.ts";
import { isThinking } from "../request/sendable.ts";
import { billedTogether } from "../rewriting/change-bill.ts";
import type { Outcome } from "../stop/outcome.ts";
import type { TurnContext } from "./turn-context.ts";

/**
 * After a 400 that calls a thinking block bound to a different conversation (a recorded reply was made behind another
 * prefix than this one, or the rules are stricter than is known here): that block and all thinking behind it is left out
 * from here on, with its bill. Blocks before it were checked and taken. False where that would not help.
 */
export async function leaveOutThinking(turn: TurnContext, sent: Projection, outcome: Outcome): Promise<boolean> {
  if (outcome.type !== "failed" || outcome.failure.status !== 400 || !BOUND_ELSEWHERE.test(outcome.failure.message)) return false;
  const superseded = supersededWithout(thinkingFrom(sent, outcome.failure.message), turn.writer.path);
  if (superseded.length === 0) return false;
  const bodies = billedTogether(turn.writer.path, superseded, turn);
  await turn.writer.append(...bodies.map((body) => turn.writer.draw(body)));
  const disagreements = superseded.map(({ entryId }) => ({ type: "thinking-rejected", reason: REASON, entryId }) as const);
  await turn.events.emit({ type: "prefix-disagreed", request: turn.tally.requests, disagreements });
  return true;
}

const BOUND_ELSEWHERE = /bound to a different conversation/;
/** As `input_transformations` calls it. */
const REASON = "prefix_binding_mismatch";
const NAMED = /\bmessages\.(\d+)\.content\.(\d+)/;

/** The thinking that was sent, from the block that the API names on; all of it where it names none. */
function thinkingFrom({ body }: Projection, message: string): ReadonlySet<ContentBlock> {
  const [, inMessage = 0, inContent = 0] = (NAMED.exec(message) ?? []).map(Number);
  return new Set(
    body.messages.flatMap(({ content }, at) =>
      content.filter((block, index) => isThinking(block) && (at > inMessage || (at === inMessage && index >= inContent))),
    ),
  );
}

/** The boundaries by which these blocks are not sent any more, each with how many they are. A block is known by identity: on its way to a request none is copied. */
function supersededWithout(gone: ReadonlySet<ContentBlock>, path: readonly Entry[]) {
  return applyBoundaries(path).flatMap(({ entryId, content }) => {
    const kept = content.filter((block) => !gone.has(block));
    const thinkingBlocks = content.length - kept.length;
    return entryId === undefined || thinkingBlocks === 0 ? [] : [{ entryId, content: kept, thinkingBlocks }];
  });
}
