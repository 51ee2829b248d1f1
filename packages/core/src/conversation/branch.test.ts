import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Branch, pathSegments } from "./branch.ts";

/** A tree as a plain list of what stands on each branch's path: the seq and the branch of every entry. */
interface Tree {
  readonly branches: ReadonlyMap<string, Branch>;
  readonly paths: ReadonlyMap<string, readonly (readonly [string, number])[]>;
}

const anyTree: fc.Arbitrary<Tree> = fc
  .array(fc.record({ parent: fc.nat(), fork: fc.nat(), own: fc.nat({ max: 4 }) }), { minLength: 1, maxLength: 8 })
  .map((steps) => {
    const branches = new Map<string, Branch>();
    const paths = new Map<string, readonly (readonly [string, number])[]>();
    for (const [at, step] of steps.entries()) {
      const id = `b${at}`;
      const parentBranchId = at === 0 ? undefined : `b${step.parent % at}`;
      const shared = parentBranchId === undefined ? [] : paths.get(parentBranchId)!;
      const forkSeq = parentBranchId === undefined ? 0 : step.fork % (shared.length + 1);
      const own = Array.from({ length: step.own }, (_, index) => [id, forkSeq + 1 + index] as const);
      branches.set(id, { id, ...(parentBranchId !== undefined && { parentBranchId }), forkSeq, tipSeq: forkSeq + step.own, createdAt: at });
      paths.set(id, [...shared.slice(0, forkSeq), ...own]);
    }
    return { branches, paths };
  });

const walk = (segments: ReturnType<typeof pathSegments>) =>
  segments.flatMap(({ branchId, fromSeq, toSeq }) =>
    Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => [branchId, fromSeq + index]),
  );

describe("the path of a branch", () => {
  test("is its parent's path up to the fork, then its own entries, in any tree", () => {
    fc.assert(
      fc.property(anyTree, ({ branches, paths }) => {
        for (const [id, path] of paths) expect(walk(pathSegments(branches, id))).toEqual(path);
      }),
    );
  });

  test("can be cut anywhere", () => {
    fc.assert(
      fc.property(anyTree, fc.nat({ max: 12 }), ({ branches, paths }, toSeq) => {
        for (const [id, path] of paths) expect(walk(pathSegments(branches, id, toSeq))).toEqual(path.slice(0, toSeq));
      }),
    );
  });

  test("has no empty stretch and no gap", () => {
    fc.assert(
      fc.property(anyTree, ({ branches }) => {
        for (const id of branches.keys()) {
          const segments = pathSegments(branches, id);
          for (const [at, { fromSeq, toSeq }] of segments.entries()) {
            expect(toSeq).toBeGreaterThanOrEqual(fromSeq);
            expect(fromSeq).toBe((segments[at - 1]?.toSeq ?? 0) + 1);
          }
        }
      }),
    );
  });

  test("skips a parent that it forks in front of", () => {
    const branch = (id: string, forkSeq: number, tipSeq: number, parentBranchId?: string): [string, Branch] => [
      id,
      { id, forkSeq, tipSeq, createdAt: 0, ...(parentBranchId && { parentBranchId }) },
    ];
    const branches = new Map([branch("main", 0, 9), branch("a", 5, 8, "main"), branch("b", 3, 6, "a")]);
    expect(pathSegments(branches, "b")).toEqual([
      { branchId: "main", fromSeq: 1, toSeq: 3 },
      { branchId: "b", fromSeq: 4, toSeq: 6 },
    ]);
  });
});

describe("a damaged tree", () => {
  const branch = (id: string, parentBranchId: string): [string, Branch] => [
    id,
    { id, forkSeq: 1, tipSeq: 2, createdAt: 0, parentBranchId },
  ];

  test("says which branch is missing", () => {
    expect(() => pathSegments(new Map([branch("a", "gone")]), "a")).toThrow("damaged tree: branch gone is missing");
    expect(() => pathSegments(new Map(), "a")).toThrow("damaged tree: branch a is missing");
  });

  test("says which branch is its own ancestor, and ends", () => {
    expect(() => pathSegments(new Map([branch("a", "b"), branch("b", "a")]), "a")).toThrow("damaged tree: branch a is its own ancestor");
    expect(() => pathSegments(new Map([branch("a", "a")]), "a")).toThrow("damaged tree: branch a is its own ancestor");
  });
});
