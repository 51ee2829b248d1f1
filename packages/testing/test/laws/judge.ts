import type { Entry, MessageEntry } from "@antiphon/core";
import type { Sent, Trace } from "./trace.ts";

/** What a trace shows against a law; nothing where the law held. */
export type Judge = (trace: Trace) => string[];

/** Law 1. No request of a turn in which a person says something is refused, by the server or by core itself. */
export const sendable: Judge = ({ turns, thrown }) => [
  ...thrown,
  ...turns.flatMap(({ step, says, outcome }) => {
    if (outcome.type !== "failed") return [];
    const { status, code, message } = outcome.failure;
    if (status === 400) return [`${step}: ${message}`];
    return says && code === "invalid_request" ? [`${step} was not sent: ${message}`] : [];
  }),
];

/** Law 2. */
export const appendOnly: Judge = ({ changed }) => [...changed];

/** Law 3. A request extends every earlier one whose path it goes on from, unless a boundary lies between. */
export const prefixStable: Judge = ({ sent }) =>
  sent.flatMap((later, at) =>
    sent.slice(0, at).flatMap((earlier) => {
      if (!isPrefix(earlier.path, later.path) || later.path.slice(earlier.path.length).some(({ kind }) => kind === "boundary")) return [];
      const [before, after] = [sequence(earlier), sequence(later)];
      const differs = before.findIndex((part, index) => part !== after[index]);
      return differs === -1 ? [] : [`request ${at} has ${after[differs]} where an earlier one of its path had ${before[differs]}`];
    }),
  );

/** Law 4. What is sent of the assistant is, block by block and in order, what was stored of it; whole replies are sent whole. */
export const passThrough: Judge = ({ sent }) =>
  sent.flatMap((request) => [...inventions(request), ...omissions(request), ...refusals(request)]);

/** Law 5. Every input that was accepted, every message that was appended and every result of a tool that ran to its end is stored. */
export const nothingLost: Judge = ({ accepted, written, firstSeen, paths, runs, turns }) => {
  const lost = [...accepted].flatMap(([id, said]) =>
    firstSeen.get(id)?.includes(JSON.stringify(said)) ? [] : [`"${said}" was accepted as ${id} and is not stored`],
  );
  const unwritten = [...written].flatMap(([id, json]) =>
    firstSeen.get(id)?.includes(json) ? [] : [`${json} was written as ${id} and is not stored`],
  );
  const unsent = paths.flatMap(({ entries }) =>
    entries
      .filter((entry) => entry.kind === "message" && entry.origin === "human" && entry.content.length === 0)
      .map(({ id }) => `${id} is empty`),
  );
  const answered = new Set(paths.flatMap(({ entries }) => entries.flatMap(toolResultIdsOf)));
  const unanswered = runs
    .filter(({ id, finished, turn }) => finished && !ENDED_EARLY.has(turns[turn]!.outcome.type) && !answered.has(id))
    .map(({ id }) => `${id} ran to its end, and its result is not stored`);
  return [...lost, ...unwritten, ...unsent, ...unanswered];
};

/** Outcomes of turns that may have ended before the end of a tool could be stored. */
const ENDED_EARLY: ReadonlySet<string> = new Set(["aborted", "failed"]);

function toolResultIdsOf(entry: Entry): string[] {
  return entry.kind === "message" && entry.origin === "tool" ? entry.content.map(({ tool_use_id }) => String(tool_use_id)) : [];
}

/** Law 6. On no path is a call started twice or behind its result, and none runs that was not announced or not whole. */
export const noDoubleEffect: Judge = ({ paths, runs }) => [
  ...runs.filter(({ announced }) => !announced).map(({ id }) => `${id} ran before its start was stored`),
  ...paths.flatMap(({ entries }) => doubleStarts(entries)),
  ...runs
    .filter((run, at) => runs.findIndex((other) => other.id === run.id && other.branchId === run.branchId) !== at)
    .map(({ id }) => `${id} ran twice on one branch`),
];

/** Law 7. Only a whole reply with a known reason completes a turn. */
export const noSilentEnding: Judge = ({ turns }) =>
  turns.flatMap(({ step, outcome, stored }) => {
    const last = stored.findLast((entry): entry is MessageEntry => entry.kind === "message" && entry.reply !== undefined);
    if (last === undefined || step === "resume" || step === "regenerate") return [];
    const { stopReason, whole } = last.reply!;
    if (outcome.type === "completed" && !(whole && stopReason === "end_turn"))
      return [`completed by a reply that stopped for ${stopReason}`];
    if (outcome.type !== "unknown" && stopReason === "later_reason" && !["failed", "aborted", "interrupted"].includes(outcome.type))
      return [`later_reason became ${outcome.type}`];
    return [];
  });

/** Law 10. Only a person's messages are a person's, and only the model's are the model's. */
export const provenance: Judge = ({ paths, accepted }) =>
  paths.flatMap(({ entries }) =>
    entries.flatMap((entry) => {
      if (entry.kind !== "message") return [];
      if (entry.origin === "human" && !accepted.has(entry.id) && !JSON.stringify(entry.content).includes("Message"))
        return [`${entry.id} was said by nobody`];
      if ((entry.origin === "model") !== (entry.reply !== undefined)) return [`${entry.id} is of origin ${entry.origin}`];
      return [];
    }),
  );

function isPrefix(earlier: readonly Entry[], later: readonly Entry[]): boolean {
  return earlier.length <= later.length && earlier.every(({ id }, at) => later[at]!.id === id);
}

function sequence({ body }: Sent): string[] {
  const blocks = body.messages.flatMap(({ role, content }) => content.map((block) => `${role} ${unmarked(block)}`));
  return [`system ${JSON.stringify(body.system)}`, `tools ${JSON.stringify(body.tools)}`, ...blocks];
}

function unmarked({ cache_control: _mark, ...block }: Record<string, unknown>): string {
  return JSON.stringify(block);
}

function inventions({ body, path }: Sent): string[] {
  const stored = path.flatMap((entry) =>
    entry.kind === "message" && entry.role === "assistant" ? entry.content.map((block) => JSON.stringify(block)) : [],
  );
  let from = 0;
  return body.messages
    .filter(({ role }) => role === "assistant")
    .flatMap(({ content }) => content.map(unmarked))
    .flatMap((block) => {
      const at = stored.indexOf(block, from);
      if (at === -1) return [`sent as the assistant's, in no such place of the path: ${block}`];
      from = at + 1;
      return [];
    });
}

/** Replies that came whole, with nothing in them that the API wants left out, and that no boundary has touched. */
function omissions({ body, path }: Sent): string[] {
  const sent = new Set(body.messages.flatMap(({ content }) => content.map(unmarked)));
  const touched = path.some((entry) => entry.kind === "boundary" && entry.boundary.type !== "left-out");
  const leftOut = new Set(
    path.flatMap((entry) => (entry.kind === "boundary" && entry.boundary.type === "left-out" ? entry.boundary.entryIds : [])),
  );
  return path.flatMap((entry) => {
    if (entry.kind !== "message" || touched || leftOut.has(entry.id) || entry.origin === "tool") return [];
    if (entry.reply && (!entry.reply.whole || !["end_turn", "tool_use", "stop_sequence"].includes(String(entry.reply.stopReason))))
      return [];
    return entry.content
      .filter((block) => !(block.type === "text" && block.text === "") && block.type !== "tool_result" && !sent.has(JSON.stringify(block)))
      .map((block) => `not sent: ${JSON.stringify(block)}`);
  });
}

/** What the model refused to go on with is never sent, also where its boundary is missing. */
function refusals({ body, path }: Sent): string[] {
  const sent = new Set(body.messages.flatMap(({ content }) => content.map(unmarked)));
  const refused = path.flatMap((entry) => (entry.kind === "message" && entry.reply?.stopReason === "refusal" ? entry.content : []));
  return refused
    .map((block) => JSON.stringify(block))
    .filter((block) => sent.has(block))
    .map((block) => `refused and sent: ${block}`);
}

function doubleStarts(entries: readonly Entry[]): string[] {
  const started = new Set<string>();
  return entries.flatMap((entry) => {
    if (entry.kind !== "tool-start") return [];
    if (started.has(entry.toolUseId)) return [`${entry.toolUseId} was started twice on one path`];
    started.add(entry.toolUseId);
    return [];
  });
}
