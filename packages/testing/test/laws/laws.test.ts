import fc from "fast-check";
import { expect, test } from "vitest";
import { LAWS } from "./laws.ts";
import { anyProgram, runProgram } from "./program.ts";

/** Programs per law. `ANTIPHON_LAWS_RUNS=2000 ANTIPHON_LAWS_SEED=7` searches longer, from a seed. */
const RUNS = Number(process.env.ANTIPHON_LAWS_RUNS ?? 250);
const SEED = process.env.ANTIPHON_LAWS_SEED;

test.each(Object.entries(LAWS))("%s", { timeout: 60_000 + RUNS * 500 }, async (_name, judge) => {
  await fc.assert(
    fc.asyncProperty(anyProgram, async (program) => {
      expect(await judge(await runProgram(program))).toEqual([]);
    }),
    { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) },
  );
});
