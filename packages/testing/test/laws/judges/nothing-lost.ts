import type { Entry } from "@antiphon/core";
import type { Block } from "@antiphon/testing/messages-server";
import { type Exchange, requestsOf } from "../trace.ts";
import { type Judge, unmarked } from "./judge.ts";
import { namedByBoundaries } from "./named-by-boundaries.ts";

/**
 * Law 5. Every input that was accepted, every message that was written and every result of a tool that ran to its end is stored; on
 * its path it is sent, or a boundary names it. What a reader had seen of a reply for a quarter of a second outlives its process.
 */
export const nothingLost: Judge = (trace) => {
  const { accepted, written, firstSeen, paths, runs, killed } = trace;
  const stored = (id: string, json: string): boolean => JSON.stringify(firstSeen.get(id) ?? "").includes(json);
  const lost = [...accepted, ...written].filter(([id, said]) => !stored(id, said.startsWith("[") ? said : JSON.stringify(said)));
  const answered = new Set(paths.flatMap(({ entries }) => entries.flatMap(resultIdsOf)));
  const unanswered = runs.filter(({ id, finished, turn }) => finished && !mayHaveEndedEarly(turn) && !answered.has(id));
  return [
    ...lost.map(([id, said]) => `${said} was taken as ${id} and is not stored`),
    ...unanswered.map(({ id }) => `${id} ran to its end, and its result is not stored`),
    ...requestsOf(trace).flatMap(unsaid),
    ...killed.flatMap(({ seen, path }) => (saidOn(path).includes(seen) ? [] : [`"${seen}" was seen and is gone`])),
  ];
};

/** A process that died or was told to stop may have ended before the end of a tool could be stored. */
function mayHaveEndedEarly({ disturbed, outcome }: { readonly disturbed: boolean; readonly outcome?: { readonly type: string } }): boolean {
  return disturbed || outcome?.type === "failed";
}

function resultIdsOf(entry: Entry): string[] {
  return entry.kind === "message" && entry.origin === "tool" ? entry.content.map(({ tool_use_id }) => String(tool_use_id)) : [];
}

/** What people, programs and tools said on the path that its request does not say, though no boundary names it. */
function unsaid({ body, path }: Exchange): string[] {
  const sent = body.messages.filter(({ role }) => role !== "assistant").flatMap(({ content }) => content.map(unmarked));
  const all = new Set(sent);
  const named = namedByBoundaries(path);
  // An instruction behind a reply waits for what is said next: the API takes it nowhere else.
  const waits = body.messages.findLast(({ role }) => role !== "system")?.role === "assistant";
  const spoken = path.findLastIndex((entry) => entry.kind === "message" && entry.role === "assistant");
  return path.flatMap((entry, at) => {
    if (entry.kind !== "message" || (entry.role === "system" && waits && at > spoken)) return [];
    if (entry.role === "assistant" || named.entryIds.has(entry.id)) return [];
    return (entry.content as readonly Block[])
      .filter((block) => !all.has(JSON.stringify(block)) && !named.toolUseIds.has(String(block.tool_use_id)))
      .filter(
        (block) =>
          block.type !== "tool_result" || !sent.some((said) => said.includes(`late result of the tool call ${String(block.tool_use_id)}:`)),
      )
      .map((block) => `said and not sent: ${JSON.stringify(block)}`);
  });
}

function saidOn(path: readonly Entry[]): string {
  const blocks = path.flatMap((entry) => (entry.kind === "message" && entry.reply ? entry.content : []));
  return blocks.map(({ text }) => (typeof text === "string" ? text : "")).join("");
}
