import type { Entry, MessageEntry } from "@antiphon/core";
import type { ToolRun, Trace } from "../trace.ts";
import type { Judge } from "./judge.ts";

/**
 * Law 6. No call runs twice and none is started twice on a path, unless its tool is safe to repeat and its process died, or was
 * stopped, in the middle; none runs unannounced, in a reply that is not whole, or against the word of policy or person.
 */
export const noDoubleEffect: Judge = (trace) => {
  const { paths, runs } = trace;
  return [
    ...runs.filter(({ announced }) => !announced).map(({ id }) => `${id} ran before its start was stored`),
    ...runs.filter(({ id }) => !isCalled(id, trace)).map(({ id }) => `${id} ran, and no whole reply calls it`),
    ...runs
      .filter((run, at) => runs.slice(0, at).some((other) => other.id === run.id && !mayRepeat(other)))
      .map(({ id }) => `${id} ran twice`),
    ...runs.filter((run) => !isAllowed(run, trace)).map(({ id }) => `${id} ran without leave`),
    ...paths.flatMap(({ entries }) => doubleStarts(entries)),
  ];
};

function mayRepeat({ name, turn }: ToolRun): boolean {
  return name === "safe" && (turn.disturbed || turn.outcome?.type === "failed");
}

function isCalled(id: string, { firstSeen }: Trace): boolean {
  const calls = (entry: Entry): entry is MessageEntry => entry.kind === "message" && entry.content.some((block) => block.id === id);
  return [...firstSeen.values()].some((entry) => calls(entry) && entry.reply?.whole === true && entry.reply.stopReason === "tool_use");
}

function isAllowed({ id, name }: ToolRun, { firstSeen }: Trace): boolean {
  if (name === "denied") return false;
  const words = [...firstSeen.values()].flatMap((entry) => (entry.kind === "approval" && entry.toolUseId === id ? [entry.verdict] : []));
  return name !== "asked" || words.includes("allow");
}

function doubleStarts(entries: readonly Entry[]): string[] {
  const started = new Set<string>();
  return entries.flatMap((entry) => {
    if (entry.kind !== "tool-start") return [];
    const isSecond = started.has(entry.toolUseId) && entry.name !== "safe";
    started.add(entry.toolUseId);
    return isSecond ? [`${entry.toolUseId} was started twice on one path`] : [];
  });
}
