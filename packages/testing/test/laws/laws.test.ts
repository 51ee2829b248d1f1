import { type MessagesServer, startMessagesServer } from "@antiphon/testing/messages-server";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  appendOnly,
  type Judge,
  noDoubleEffect,
  noSilentEnding,
  nothingLost,
  passThrough,
  prefixStable,
  provenance,
  sendable,
} from "./judge.ts";
import { programs } from "./program.ts";
import { runProgram } from "./run-program.ts";

/** Programs per law. `ANTIPHON_LAWS_RUNS=2000 ANTIPHON_LAWS_SEED=7` searches longer, from a seed. */
const RUNS = Number(process.env.ANTIPHON_LAWS_RUNS ?? 40);
const SEED = process.env.ANTIPHON_LAWS_SEED;

let server: MessagesServer;

beforeAll(async () => {
  server = await startMessagesServer({ seed: "laws", rulesOff: ["text-blank", "block-type-unknown"] });
});

afterAll(() => server.close());

const LAWS: readonly (readonly [string, Judge])[] = [
  ["Law 1. Sendable: whatever happened, a person can go on from any entry, and the server takes it", sendable],
  ["Law 2. Append-only: a stored entry is never changed", appendOnly],
  ["Law 3. Prefix-stable: a later request of a path extends the earlier unless a boundary lies between", prefixStable],
  ["Law 4. Pass-through: a block goes back as it came, in its place, and none of a whole reply is missing", passThrough],
  ["Law 5. Nothing lost: what was accepted or written is stored", nothingLost],
  ["Law 6. No double effect: no call is started twice on a path, or runs unannounced", noDoubleEffect],
  ["Law 7. No silent ending: a reason that nobody knows never completes a turn", noSilentEnding],
  ["Law 10. Provenance: only what a person said is a person's, only what the model said is the model's", provenance],
];

test.each(LAWS)("%s", { timeout: 60_000 + RUNS * 500 }, async (_name, judge) => {
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      expect(judge(await runProgram(program, server))).toEqual([]);
    }),
    { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) },
  );
});
