import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Entry, NewEntry } from "../../src/conversation/entry.ts";
import { tombstoneOf } from "../../src/conversation/tombstone.ts";
import { boundarySchema, entrySchema, newEntrySchema, parseAs } from "../../src/schemas/index.ts";
import { anyPath } from "../any-path.ts";
import { pathOf } from "../builders.ts";
import { ALL_BODIES, BODIES, BOUNDARIES } from "./samples.ts";

const sample = (at: number): Entry => pathOf(...ALL_BODIES)[at]!;
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function newEntry({ branchId: _branch, seq: _seq, ...entry }: Entry): NewEntry {
  return entry;
}

/** What must come back: the very object, so that no key of it moves. */
function expectTaken(entry: Entry): void {
  const [placed, unplaced] = [stored(entry), stored(newEntry(entry))];
  const text = JSON.stringify(placed);
  expect(parseAs(entrySchema, placed, "an entry")).toBe(placed);
  expect(JSON.stringify(placed)).toBe(text);
  expect(parseAs(newEntrySchema, unplaced, "an entry")).toBe(unplaced);
}

function failure(run: () => unknown): { message: string; code: string; details: { issues: { path: string; message: string }[] } } {
  try {
    run();
  } catch (error) {
    return error as ReturnType<typeof failure>;
  }
  throw new Error("nothing was thrown");
}

describe("every entry is read back as it was written", () => {
  test.each([...Object.keys(BODIES), ...Object.keys(BOUNDARIES).map((type) => `boundary ${type}`)].map((name, at) => [name, at] as const))(
    "%s",
    (_name, at) => expectTaken(sample(at)),
  );

  test("on any path that the engine can make, and as a tombstone after its erasure", () => {
    fc.assert(
      fc.property(anyPath(), (path) => {
        for (const entry of path) {
          expectTaken(entry);
          const { id, createdAt, branchId, seq, ...body } = entry;
          expectTaken({ id, createdAt, branchId, seq, ...tombstoneOf(body) });
        }
      }),
      { numRuns: 300 },
    );
  });

  test("with fields that a newer version added, anywhere", () => {
    const entry = stored(sample(0)) as unknown as Record<string, unknown>;
    const newer = { later: { deep: [1] }, ...entry, reply: { zeroth: null, ...(entry["reply"] as object) }, __later: true };
    expect(parseAs(entrySchema, newer, "an entry")).toBe(newer);
  });
});

describe("what is no entry is told by path and value", () => {
  const cases: readonly [string, (entry: Record<string, unknown>) => unknown, string][] = [
    [
      "a kind of tomorrow",
      (entry) => ({ ...entry, kind: "telepathy" }),
      'at kind one of "message", "settings", "boundary", "tool-start", "approval" expected, found "telepathy"',
    ],
    ["no object", () => [1], "an object expected, found a list"],
    ["nothing", () => undefined, "an object expected, found nothing"],
    ["a missing id", ({ id: _id, ...entry }) => entry, "at id a text expected, found nothing"],
    ["an empty id", (entry) => ({ ...entry, id: "" }), 'at id a text that is not empty expected, found ""'],
    ["a place before the root", (entry) => ({ ...entry, seq: 0 }), "at seq at least 1 expected, found 0"],
    ["half a place", (entry) => ({ ...entry, seq: 1.5 }), "at seq a whole number expected, found 1.5"],
    ["a time as text", (entry) => ({ ...entry, createdAt: "2026" }), 'at createdAt a number expected, found "2026"'],
    ["a role", (entry) => ({ ...entry, role: "wizard" }), 'at role one of "user", "assistant", "system" expected, found "wizard"'],
    [
      "an origin",
      (entry) => ({ ...entry, origin: null }),
      'at origin one of "human", "model", "tool", "synthetic", "imported" expected, found null',
    ],
    ["content as a string", (entry) => ({ ...entry, content: "It counts." }), 'at content a list expected, found "It counts."'],
    [
      "a block without a type",
      (entry) => ({ ...entry, content: [(entry["content"] as unknown[])[0], { text: "x" }] }),
      "at content[1].type a text expected, found nothing",
    ],
    ["a block that is none", (entry) => ({ ...entry, content: [null] }), "at content[0] an object expected, found null"],
    [
      "a reply",
      (entry) => ({ ...entry, reply: { ...(entry["reply"] as object), whole: 1 } }),
      "at reply.whole true or false expected, found 1",
    ],
    [
      "usage",
      (entry) => ({ ...entry, reply: { ...(entry["reply"] as object), usage: [] } }),
      "at reply.usage an object expected, found a list",
    ],
    [
      "a cut input of no block",
      (entry) => ({ ...entry, reply: { ...(entry["reply"] as object), partialInputs: { x: "{" } } }),
      'at reply.partialInputs.x the number of a block as key expected, found "x"',
    ],
    ["a long text", (entry) => ({ ...entry, content: "x".repeat(500) }), `at content a list expected, found "${"x".repeat(59)}…`],
  ];

  test.each(cases)("%s", (_name, broken, said) => {
    const error = failure(() =>
      parseAs(entrySchema, broken(stored(sample(0)) as unknown as Record<string, unknown>), "Line 3 of chats.jsonl"),
    );
    expect(error.code).toBe("invalid_input");
    expect(error.message).toContain("Line 3 of chats.jsonl cannot be read: ");
    expect(error.message).toContain(said);
  });

  test("a boundary of tomorrow is refused: who ignored it would send what it takes away", () => {
    expect(boundarySchema.safeParse({ type: "veil", entryIds: [] }).success).toBe(false);
    const entry = { ...stored(sample(2)), boundary: { type: "veil" } };
    expect(failure(() => parseAs(entrySchema, entry, "An entry")).message).toContain(
      'at boundary.type one of "settings", "left-out", "superseded", "compaction", "clear", "window", "restored", "erase" expected, found "veil"',
    );
  });

  test("a boundary without its bill is refused", () => {
    const { bill: _bill, ...entry } = stored(sample(2)) as unknown as Record<string, unknown>;
    expect(failure(() => parseAs(entrySchema, entry, "An entry")).details.issues).toEqual([
      { path: "bill", message: "an object expected, found nothing" },
    ]);
  });

  test("three problems are shown, and all of them told to the program", () => {
    const error = failure(() => parseAs(entrySchema, { kind: "message" }, "An entry"));
    expect(error.details.issues.map(({ path }) => path)).toEqual(["id", "createdAt", "branchId", "seq", "role", "content", "origin"]);
    expect(error.message).toContain("; and 4 more. Mend the data");
  });

  test.each(Object.entries(BODIES))("every field of its own that a %s needs is missed", (_kind, body) => {
    const needed = Object.keys(body).filter(
      (field) => !["author", "externalId", "format", "setting", "reply", "reason", "kind"].includes(field),
    );
    expect(needed.length).toBeGreaterThan(0);
    for (const field of needed) {
      const { [field]: _gone, ...entry } = stored(pathOf(body)[0]) as unknown as Record<string, unknown>;
      const { issues } = failure(() => parseAs(entrySchema, entry, "An entry")).details;
      expect(issues.map(({ path }) => path)).toEqual([field]);
    }
  });
});
