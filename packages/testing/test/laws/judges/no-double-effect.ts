import type { Entry, MessageEntry } from "@antiphon/core";
import type { Judge } from "./judge.ts";

/** Law 6. No call runs twice, none is started twice on a path, and none runs unannounced or in a reply that is not whole. */
export const noDoubleEffect: Judge = ({ paths, runs, firstSeen }) => [
  ...runs.filter(({ announced }) => !announced).map(({ id }) => `${id} ran before its start was stored`),
  ...runs.filter(({ id }) => !isCalled(id, [...firstSeen.values()])).map(({ id }) => `${id} ran, and no whole reply calls it`),
  ...runs.filter((run, at) => runs.findIndex(({ id }) => id === run.id) !== at).map(({ id }) => `${id} ran twice`),
  ...paths.flatMap(({ entries }) => doubleStarts(entries)),
];

function isCalled(id: string, entries: readonly Entry[]): boolean {
  const calls = (entry: Entry): entry is MessageEntry => entry.kind === "message" && entry.content.some((block) => block.id === id);
  return entries.some((entry) => calls(entry) && entry.reply?.whole === true && entry.reply.stopReason === "tool_use");
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
