import type { Entry, Origin } from "../conversation/entry.ts";
import { applyBoundaries } from "../request/boundaries.ts";
import type { SentMessage } from "../request/sent-message.ts";
import { splitRuns } from "../request/tool-answers.ts";

/** Where a turn begins that is still sent: the entry of the first message that it was asked with. */
export interface TurnStart {
  readonly entryId: string;
  /** Its place in the path. */
  readonly index: number;
}

/**
 * The turns of a path that are sent, oldest first. A turn begins where a person speaks and no tool is answered: the only places where a
 * path can be cut and nothing loses its other half. What a program made up (synthetic) begins none, since it goes on with something.
 */
export function turnStarts(path: readonly Entry[]): readonly TurnStart[] {
  const places = new Map(path.map(({ id }, index) => [id, index]));
  return splitRuns(applyBoundaries(path)).flatMap(({ side, messages }) => {
    const said = messages.filter(({ role, entryId }) => role === "user" && entryId !== undefined);
    if (side !== "user" || !said.some(isOfPerson) || said.some(answersTool)) return [];
    const { entryId } = said[0]!;
    return [{ entryId: entryId!, index: places.get(entryId!)! }];
  });
}

const PEOPLE: ReadonlySet<Origin> = new Set<Origin>(["human", "imported"]);

function isOfPerson({ origin }: SentMessage): boolean {
  return PEOPLE.has(origin);
}

function answersTool({ content }: SentMessage): boolean {
  return content.some(({ type }) => type === "tool_result");
}
