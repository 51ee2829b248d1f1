import type { MessageEntry } from "../conversation/entry.ts";
import { text } from "../messages/text.ts";
import type { Projection } from "../request/project.ts";
import type { Outcome } from "../stop/outcome.ts";
import { addUsage } from "../usage/usage-totals.ts";
import { accountForReply, accountForRequest } from "./account.ts";
import { abortedOutcome, failedOutcome } from "./failure.ts";
import { overlap } from "./joint.ts";
import { leaveOutBlankText } from "./leave-out-blank-text.ts";
import { leaveOutThinking } from "./leave-out-thinking.ts";
import { pause } from "./pause.ts";
import { prepareRequest } from "./prepare-request.ts";
import { interrupted, type Received, receiveReply } from "./receive-reply.ts";
import { disagreementsOf } from "./reconcile.ts";
import type { TurnContext } from "./turn-context.ts";

/** A whole reply that is stored, or how the turn ends without one. */
export type Requested = { readonly entry: MessageEntry; readonly projection: Projection } | { readonly outcome: Outcome };

/**
 * Sends the path's request and stores the reply, or the part of it that came. A request whose stream died before it
 * showed anything is made again, within bounds; one that failed before its headers is not, since the SDK has done that.
 * Where the API takes thinking for another conversation's, or does not take white space back, the request is made again once without.
 */
export async function requestReply(turn: TurnContext): Promise<Requested> {
  let projection = await prepareRequest(turn);
  const mended = new Set<Mend>();
  for (let attempt = 1; ; attempt += 1) {
    if (turn.signal.aborted) return { outcome: abortedOutcome(turn.signal) };
    turn.tally.requests += 1;
    await turn.events.emit({ type: "request-start", request: turn.tally.requests });
    const received = await receiveReply(turn, projection);
    // Also of a reply that died before it said anything: its input was read, and is billed.
    turn.tally.usage = addUsage(turn.tally.usage, received.part?.facts.usage);
    if (received.part?.facts.whole || (received.part && received.part.content.length > 0)) {
      const entry = await storeReply(turn, projection, received);
      return received.outcome ? { outcome: received.outcome } : { entry, projection };
    }
    const outcome = received.outcome ?? interrupted("ended-early", "The stream ended before it said anything.");
    await accountForRequest(turn, projection, received, outcome);
    const reason = await mend(turn, projection, outcome, mended);
    if (reason !== undefined) {
      mended.add(reason);
      await turn.events.emit({ type: "request-retry", attempt, delayMs: 0, reason });
      projection = await prepareRequest(turn);
      continue;
    }
    if (!received.again || attempt > turn.limits.retries || turn.signal.aborted) return { outcome };
    const delayMs = 500 * 2 ** (attempt - 1);
    await turn.events.emit({ type: "request-retry", attempt, delayMs, reason: outcome.type });
    await pause(turn.environment, delayMs, turn.signal);
  }
}

type Mend = "thinking-bound-elsewhere" | "blank-text";

/** Leaves out what the API refused for what it is, unless that was done before; says which, if any. */
async function mend(turn: TurnContext, sent: Projection, outcome: Outcome, done: ReadonlySet<Mend>): Promise<Mend | undefined> {
  if (!done.has("thinking-bound-elsewhere") && (await leaveOutThinking(turn, sent, outcome))) return "thinking-bound-elsewhere";
  if (!done.has("blank-text") && (await leaveOutBlankText(turn, outcome))) return "blank-text";
  return undefined;
}

async function storeReply(turn: TurnContext, request: Projection, received: Received): Promise<MessageEntry> {
  const { part, binding, requestId } = received;
  const { content, facts, partialInputs, rawDeltas } = part!;
  const disagreements = disagreementsOf(turn.writer.path, request.body, facts);
  const reply = {
    ...facts,
    ...(partialInputs && { partialInputs }),
    ...(rawDeltas && { rawDeltas }),
    ...(disagreements.length > 0 && { disagreements }),
    ...binding,
    ...(requestId !== undefined && { requestId }),
  };
  const said = turn.writer.draw({ kind: "message", role: "assistant", content, origin: "model", reply }, received.entryId);
  const [entry] = await turn.writer.append(said).catch(async (error: unknown) => {
    // What was used was used, also where the store would not have the reply.
    await accountForRequest(turn, request, received, failedOutcome(error));
    throw error;
  });
  addText(turn, text(content));
  if (disagreements.length > 0) await turn.events.emit({ type: "prefix-disagreed", request: turn.tally.requests, disagreements });
  await turn.events.emit({
    type: "reply-stored",
    entryId: entry!.id,
    stopReason: facts.stopReason,
    whole: facts.whole,
    usage: facts.usage,
  });
  await accountForReply(turn);
  return entry as MessageEntry;
}

/** A continuation goes on with the text before it; any other reply begins anew. */
function addText(turn: TurnContext, said: string): void {
  const before = turn.tally.joining === undefined ? "" : turn.tally.text;
  turn.tally.text = before + said.slice(turn.tally.joining === "overlapping" ? overlap(before, said) : 0);
  turn.tally.joining = undefined;
}
