import type { BoundaryEntry, Entry } from "@antiphon/core";

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
  // Instructions stay, whatever was said around them.
  const before = (end: number): void => {
    for (const entry of path.slice(0, end)) if (entry.kind !== "message" || entry.role !== "system") entryIds.add(entry.id);
  };
  const placeOf = (id: string): number => path.findIndex((entry) => entry.id === id);
  for (const { boundary } of boundariesInForce(path)) {
    if (boundary.type === "left-out") for (const id of boundary.entryIds) entryIds.add(id);
    if (boundary.type === "superseded") entryIds.add(boundary.entryId);
    if (boundary.type === "clear") for (const id of boundary.toolUseIds) toolUseIds.add(id);
    if (boundary.type === "window") before(placeOf(boundary.fromEntryId));
    if (boundary.type === "compaction") {
      before(placeOf(boundary.throughEntryId) + 1);
      content.push(...boundary.content);
    }
  }
  return { entryIds, toolUseIds, content };
}

/** Without those that a later one took back, unless that was taken back itself. */
export function boundariesInForce(path: readonly Entry[]): readonly BoundaryEntry[] {
  const takenBack = new Set<string>();
  return path
    .filter((entry): entry is BoundaryEntry => entry.kind === "boundary")
    .toReversed()
    .filter(({ id, boundary }) => {
      if (takenBack.has(id)) return false;
      if (boundary.type === "restored") takenBack.add(boundary.boundaryId);
      return true;
    })
    .toReversed();
}
