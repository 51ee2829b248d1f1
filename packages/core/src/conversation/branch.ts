/**
 * A run of entries with a sequence. The path of a branch is its parent's path up to `forkSeq`, then its own entries,
 * which count on from there. `forkSeq` may lie before the parent's own first entry: the parent's path is meant, not its rows.
 */
export interface Branch {
  readonly id: string;
  /** `undefined` on the first branch of a conversation. */
  readonly parentBranchId?: string;
  /** The last seq that this branch shares with its parent; 0 on the first branch. */
  readonly forkSeq: number;
  /** The seq of the last entry on its path: `forkSeq` while it has none of its own. */
  readonly tipSeq: number;
  readonly createdAt: number;
}

/** A stretch of a path that lies in one branch: `fromSeq` to `toSeq`, both included. */
export interface PathSegment {
  readonly branchId: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}

/**
 * The stretches that make up the path of a branch, root first, empty ones left out. `toSeq` cuts the path there.
 * Throws an assertion where a parent is missing or the parents form a ring: a store that holds such a tree is damaged.
 */
export function pathSegments(branches: ReadonlyMap<string, Branch>, branchId: string, toSeq?: number): PathSegment[] {
  const segments: PathSegment[] = [];
  const seen = new Set<string>();
  let id: string | undefined = branchId;
  let limit = toSeq ?? Number.POSITIVE_INFINITY;
  while (id !== undefined) {
    const branch = branches.get(id);
    if (branch === undefined || seen.has(id)) throw new Error(`damaged tree: branch ${id} is ${branch ? "its own ancestor" : "missing"}`);
    seen.add(id);
    const end = Math.min(branch.tipSeq, limit);
    if (end > branch.forkSeq) segments.push({ branchId: id, fromSeq: branch.forkSeq + 1, toSeq: end });
    limit = Math.min(limit, branch.forkSeq);
    id = branch.parentBranchId;
  }
  return segments.toReversed();
}
