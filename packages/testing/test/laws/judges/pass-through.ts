import type { MessageEntry } from "@antiphon/core";
import type { Block } from "@antiphon/testing/messages-server";
import { type Exchange, requestsOf, type Trace } from "../trace.ts";
import { isThinking, withoutDeclined } from "./declined.ts";
import { type Judge, unmarked } from "./judge.ts";
import { namedByBoundaries } from "./named-by-boundaries.ts";
import { sequenceOf } from "./prefix-stable.ts";

/** Law 4. What is sent of the assistant is, block by block and in order, what was stored of it; whole replies are sent whole. */
export const passThrough: Judge = (trace) =>
  requestsOf(trace).flatMap((request) => [...inventions(request), ...omissions(request, trace), ...refusals(request)]);

function inventions({ body, path }: Exchange): string[] {
  const stored = path.flatMap((entry) =>
    entry.kind === "message" && entry.role === "assistant" ? entry.content.map((block) => JSON.stringify(block)) : [],
  );
  stored.unshift(...namedByBoundaries(path).content.map((block) => JSON.stringify(block)));
  let from = 0;
  return said(body).flatMap((block) => {
    const at = stored.indexOf(block, from);
    if (at === -1) return [`sent as the assistant's, in no such place of the path: ${block}`];
    from = at + 1;
    return [];
  });
}

/** The stop reasons behind which a reply goes back as it came. */
const GOES_BACK: ReadonlySet<string | null> = new Set([
  "end_turn",
  "tool_use",
  "stop_sequence",
  "pause_turn",
  "compaction",
  "later_reason",
]);

/** Blocks of whole replies, and of what was written for the assistant, that are missing though no boundary names them. */
function omissions({ body, path }: Exchange, trace: Trace): string[] {
  const sent = new Set(said(body));
  const named = namedByBoundaries(path);
  return path.flatMap((entry) => {
    if (entry.kind !== "message" || entry.role !== "assistant" || named.entryIds.has(entry.id)) return [];
    if (entry.reply && (!entry.reply.whole || !GOES_BACK.has(entry.reply.stopReason))) return [];
    return withoutDeclined(entry.content as readonly Block[])
      .filter((block) => !(block.type === "text" && block.text === "") && !sent.has(JSON.stringify(block)))
      .filter((block) => !isThinking(block) || isStillBound(entry, body, trace))
      .map((block) => `not sent: ${JSON.stringify(block)}`);
  });
}

/** Whether the API would take this reply's thinking here: its model is the same, and the request that made it goes on in this one. */
function isStillBound({ reply }: MessageEntry, body: Exchange["body"], trace: Trace): boolean {
  const made = requestsOf(trace).find(({ requestId }) => requestId !== undefined && requestId === reply?.requestId);
  // A reply that another model took over names that one.
  if (made === undefined || made.body.model !== body.model || reply?.model !== body.model) return false;
  const here = sequenceOf(body);
  return sequenceOf(made.body).every((part, at) => part === here[at]);
}

/** What the model refused to go on with is never sent, also where its boundary is missing. */
function refusals({ body, path }: Exchange): string[] {
  const sent = new Set(said(body));
  const refused = path.flatMap((entry) => (entry.kind === "message" && entry.reply?.stopReason === "refusal" ? entry.content : []));
  return refused
    .map((block) => JSON.stringify(block))
    .filter((block) => sent.has(block) && !path.some((entry) => isSaidElsewhere(entry as MessageEntry, block)))
    .map((block) => `refused and sent: ${block}`);
}

function isSaidElsewhere({ kind, reply, content }: MessageEntry, block: string): boolean {
  return kind === "message" && reply?.stopReason !== "refusal" && content.some((each) => JSON.stringify(each) === block);
}

function said(body: Exchange["body"]): readonly string[] {
  return body.messages.filter(({ role }) => role === "assistant").flatMap(({ content }) => content.map(unmarked));
}
