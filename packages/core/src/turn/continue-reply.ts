import type { MessageEntry } from "../conversation/entry.ts";
import { toBlocks } from "../messages/content-block.ts";
import { changeBill, unbilled } from "../rewriting/change-bill.ts";
import type { Outcome } from "../stop/outcome.ts";
import type { Plan } from "../stop/plan.ts";
import type { TurnContext } from "./turn-context.ts";

/** Asks the model to go on with a reply that `max_tokens` cut, where the caller opted in. The reader sees one reply. */
export async function continueReply(turn: TurnContext, plan: Extract<Plan, { next: "continue" }>): Promise<Outcome | undefined> {
  if (!mayContinue(turn)) return plan.outcome;
  const { writer, events, tally } = turn;
  const ask = { kind: "message", role: plan.ask.role, content: toBlocks(plan.ask.content), origin: "synthetic" } as const;
  const [asked] = plan.prefill ? [] : await writer.append(writer.draw(ask));
  tally.joining = plan.prefill ? "exactly" : "overlapping";
  await events.emit({ type: "continuation-start", number: tally.continuations, entryId: asked?.id });
  return undefined;
}

/** Asks once more, with more tokens where they ran out, where nothing can be continued: the cut reply stays stored and is not sent. */
export async function askAgain(
  turn: TurnContext,
  plan: Extract<Plan, { next: "ask-again" }>,
  entry: MessageEntry,
): Promise<Outcome | undefined> {
  if (plan.maxTokens === undefined || !mayContinue(turn)) return plan.outcome;
  const { writer, events, tally } = turn;
  const boundary = { type: "left-out", entryIds: [entry.id], reason: "asked again" } as const;
  // Without the memory of what is sent: this looks at a path that may never be.
  const { memory: _memory, ...projecting } = turn;
  // What the cut reply was asked with is asked again: all that was cached is read back.
  const bill = { ...changeBill(writer.path, [unbilled(boundary)], projecting), cachedTokens: 0 };
  await writer.append(writer.draw({ kind: "boundary", boundary, bill }));
  tally.maxTokens = plan.maxTokens;
  await events.emit({ type: "reply-discarded", entryId: entry.id, maxTokens: plan.maxTokens });
  return undefined;
}

function mayContinue(turn: TurnContext): boolean {
  if (turn.tally.continuations >= turn.limits.continuations || turn.signal.aborted) return false;
  turn.tally.continuations += 1;
  return true;
}
