import type { Entry } from "@antiphon/core";
import { requestsOf, type SentBody } from "../trace.ts";
import { type Judge, unmarked } from "./judge.ts";

/**
 * Law 3. A request extends every earlier one whose path it goes on from, unless a boundary lies between. An instruction that nobody has
 * answered yet stands behind whatever is said next: the API takes it nowhere else.
 */
export const prefixStable: Judge = (trace) => {
  const sent = requestsOf(trace).map(({ body, path }) => ({ path, says: sequenceOf(body) }));
  return sent.flatMap((later, at) =>
    sent.slice(0, at).flatMap((earlier) => {
      if (!goesOnFrom(earlier.path, later.path)) return [];
      if (later.path.slice(earlier.path.length).some(({ kind }) => kind === "boundary")) return [];
      const differs = firstDifference(earlier.says, later.says);
      if (differs === -1) return [];
      const waiting = earlier.says.slice(earlier.says.findLastIndex(isOfAssistant) + 1).filter(isInstruction);
      const moved = waiting.length > 0 && firstDifference(without(waiting, earlier.says), without(waiting, later.says)) === -1;
      return moved ? [] : [`request ${at} has ${later.says[differs]} where an earlier one of its path had ${earlier.says[differs]}`];
    }),
  );
};

function firstDifference(earlier: readonly string[], later: readonly string[]): number {
  return earlier.findIndex((part, index) => part !== later[index]);
}

/** Each of some parts taken out once; a part that is not there leaves a difference. */
function without(parts: readonly string[], from: readonly string[]): readonly string[] {
  return parts.reduce((left, part) => {
    const at = left.indexOf(part);
    return at === -1 ? [`${part} is missing`, ...left] : left.toSpliced(at, 1);
  }, from);
}

function isInstruction(part: string): boolean {
  return part.startsWith("system {");
}

function isOfAssistant(part: string): boolean {
  return part.startsWith("assistant ");
}

/** What a prefix is made of: system, tools, and each block with who says it, however the messages are cut. */
export function sequenceOf({ system, tools, messages }: SentBody): readonly string[] {
  const blocks = messages.flatMap(({ role, content }) => content.map((block) => `${role} ${unmarked(block)}`));
  return [`prompt ${JSON.stringify(system)}`, `tools ${JSON.stringify(tools)}`, ...blocks];
}

/** Entries are of one tree: two paths that share one share all before it. */
function goesOnFrom(earlier: readonly Entry[], later: readonly Entry[]): boolean {
  return later[earlier.length - 1]?.id === earlier.at(-1)!.id;
}
