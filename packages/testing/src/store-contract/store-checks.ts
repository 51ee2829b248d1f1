import type { StoreCheck } from "./check.ts";
import { annotatingChecks } from "./checks/annotating.ts";
import { appendingChecks } from "./checks/appending.ts";
import { closingChecks } from "./checks/closing.ts";
import { competingChecks } from "./checks/competing.ts";
import { contentChecks } from "./checks/content.ts";
import { creatingChecks } from "./checks/creating.ts";
import { draftingChecks } from "./checks/drafting.ts";
import { durabilityChecks } from "./checks/durability.ts";
import { erasingChecks } from "./checks/erasing.ts";
import { forkingChecks } from "./checks/forking.ts";
import { headChecks } from "./checks/heads.ts";
import { leasingChecks } from "./checks/leasing.ts";
import { listingChecks } from "./checks/listing.ts";
import { readingChecks } from "./checks/reading.ts";

/** Every promise of the store contract, for runners other than vitest: hand each to `runCheck`. */
export const STORE_CHECKS: readonly StoreCheck[] = Object.freeze([
  ...creatingChecks,
  ...appendingChecks,
  ...competingChecks,
  ...draftingChecks,
  ...readingChecks,
  ...forkingChecks,
  ...headChecks,
  ...annotatingChecks,
  ...listingChecks,
  ...erasingChecks,
  ...leasingChecks,
  ...contentChecks,
  ...durabilityChecks,
  ...closingChecks,
]);
