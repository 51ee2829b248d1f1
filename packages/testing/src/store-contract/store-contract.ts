import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { checksFor, manualClock, runCheck } from "./check.ts";
import type { StoreSubject } from "./check.ts";
import { STORE_CHECKS } from "./store-checks.ts";

const CHECK_TIMEOUT_MS = 60_000;

/**
 * Registers the store contract as vitest tests: one test for each promise of `ConversationStore`, on a new store each.
 * A store that passes is a store. Checks that need a capability which the subject does not declare are not registered.
 */
export function storeContract(name: string, subject: StoreSubject): void {
  describe(`${name} keeps the store contract`, () => {
    test("declares its capabilities as they are", async () => {
      const opened = await subject.open({ now: manualClock().now });
      const { durable, shared } = subject.capabilities;
      const shown = { durable: opened.reopen !== undefined, shared: opened.secondHandle !== undefined };
      await opened.store.close();
      await opened.dispose?.();
      assert.deepEqual(shown, { durable, shared }, "declare durable where reopen is given, and shared where secondHandle is");
    });

    for (const check of checksFor(STORE_CHECKS, subject.capabilities)) {
      test(check.name, { timeout: CHECK_TIMEOUT_MS }, () => runCheck(check, subject));
    }
  });
}
