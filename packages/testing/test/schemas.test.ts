import type { Entry } from "@antiphon/core";
import { entrySchema, newEntrySchema, parseAs } from "@antiphon/core/schemas";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyProgram, runProgram } from "./laws/program.ts";

const RUNS = 100;

test("every entry that the engine makes is read back through its schema as it was stored", { timeout: 60_000 }, async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(anyProgram, async (program) => {
      const { paths } = await runProgram(program);
      for (const entry of paths.flatMap(({ entries }) => entries)) {
        seen.add(entry.kind === "boundary" ? `boundary ${entry.boundary.type}` : entry.kind);
        expectTaken(entry);
      }
    }),
    { numRuns: RUNS, seed: 1 },
  );
  expect([...seen].toSorted()).toEqual(
    expect.arrayContaining(["boundary left-out", "boundary settings", "message", "settings", "tool-start"]),
  );
});

function expectTaken(entry: Entry): void {
  const stored: unknown = JSON.parse(JSON.stringify(entry));
  expect(parseAs(entrySchema, stored, "An entry")).toBe(stored);
  const { branchId: _branch, seq: _seq, ...written } = stored as Entry;
  expect(parseAs(newEntrySchema, written, "An entry")).toBe(written);
}
