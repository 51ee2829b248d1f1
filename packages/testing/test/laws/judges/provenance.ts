import type { Entry } from "@antiphon/core";
import type { Judge } from "./judge.ts";

/** Law 10. Only what a person said is a person's, and only what the model said is the model's. */
export const provenance: Judge = ({ paths, accepted }) => {
  const entries = new Map(paths.flatMap((path) => path.entries.map((entry) => [entry.id, entry] as const)));
  return [...entries.values()].flatMap((entry) => misattributed(entry, accepted));
};

function misattributed(entry: Entry, accepted: ReadonlyMap<string, string>): string[] {
  if (entry.kind !== "message") return [];
  const { id, origin, content } = entry;
  // An input of a turn whose process died was not accepted for all that its caller knows; what it says was still said.
  const isSaid = accepted.has(id) || /"(?:Message \d|Can I go on)/.test(JSON.stringify(content));
  if (origin === "human" && !isSaid) return [`${id} was said by nobody`];
  if ((origin === "model") !== (entry.reply !== undefined)) return [`${id} is of origin ${origin}`];
  const isResults = content.every(({ type }) => type === "tool_result");
  return origin === "tool" && !isResults ? [`${id} is of no tool`] : [];
}
