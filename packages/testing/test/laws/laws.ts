import { appendOnly } from "./judges/append-only.ts";
import { incremental } from "./judges/incremental.ts";
import type { Judge } from "./judges/judge.ts";
import { noDoubleEffect } from "./judges/no-double-effect.ts";
import { noSilentEnding } from "./judges/no-silent-ending.ts";
import { nothingLost } from "./judges/nothing-lost.ts";
import { oneWriterWins } from "./judges/one-writer-wins.ts";
import { passThrough } from "./judges/pass-through.ts";
import { prefixStable } from "./judges/prefix-stable.ts";
import { provenance } from "./judges/provenance.ts";
import { sendable } from "./judges/sendable.ts";
import { trueBills } from "./judges/true-bills.ts";

/** The laws that a program can break, each with its judge. Law 9 counts, and has a property of its own. */
export const LAWS = {
  "Law 1. Sendable: whatever happened, a person can go on, and the server takes it": sendable,
  "Law 2. Append-only: a stored entry is never changed": appendOnly,
  "Law 3. Prefix-stable: a later request of a path extends the earlier unless a boundary lies between": prefixStable,
  "Law 3 and its price: each boundary has its true bill": trueBills,
  "Law 3 in memory: a handle sends what its path alone stands for, byte for byte": incremental,
  "Law 4. Pass-through: a block goes back as it came, in its place, and none of a whole reply is missing": passThrough,
  "Law 5. Nothing lost: what was accepted, written or seen is stored, and sent or named by a boundary": nothingLost,
  "Law 6. No double effect: no call runs twice, unannounced, or in a part of a reply": noDoubleEffect,
  "Law 7. No silent ending: a turn ends as what the API made of its last request": noSilentEnding,
  "Law 8. One writer wins, no writer loses: every path is one line, and what came second is kept": oneWriterWins,
  "Law 10. Provenance: only what a person said is a person's, only what the model said is the model's": provenance,
} as const satisfies Record<string, Judge>;
