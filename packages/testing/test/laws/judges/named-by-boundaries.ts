import type { Entry } from "@antiphon/core";

/** What the boundaries of a path name: what they take out of requests, and what they send in place of something. */
export interface Named {
  /** Entries of which nothing, or something else, is sent. */
  readonly entryIds: ReadonlySet<string>;
  /** Calls whose results are not sent. */
  readonly toolUseIds: ReadonlySet<string>;
  /** What is sent that no message says. */
  readonly content: readonly unknown[];
}

export function namedByBoundaries(path: readonly Entry[]): Named {
  const entryIds = new Set<string>();
  const toolUseIds = new Set<string>();
  const content: unknown[] = [];
  const upTo = (id: string, inclusive: boolean): void => {
    const end = path.findIndex((entry) => entry.id === id) + (inclusive ? 1 : 0);
    for (const entry of path.slice(0, end)) entryIds.add(entry.id);
  };
  for (const entry of path) {
    if (entry.kind !== "boundary") continue;
    const { boundary } = entry;
    if (boundary.type === "left-out") for (const id of boundary.entryIds) entryIds.add(id);
    if (boundary.type === "superseded") entryIds.add(boundary.entryId);
    if (boundary.type === "clear") for (const id of boundary.toolUseIds) toolUseIds.add(id);
    if (boundary.type === "window") upTo(boundary.fromEntryId, false);
    if (boundary.type === "compaction") {
      upTo(boundary.throughEntryId, true);
      content.push(...boundary.content);
    }
  }
  return { entryIds, toolUseIds, content };
}
