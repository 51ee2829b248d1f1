import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { tree } from "../../test/usage-objects.ts";
import { MemoryUsageLedger } from "./memory-usage-ledger.ts";
import { sumUsage } from "./sum-usage.ts";
import type { UsageLedger, UsageQuery } from "./usage-ledger.ts";
import { requestsOf, type UsageRow } from "./usage-row.ts";

function row(id: string, changes: Partial<UsageRow> = {}): UsageRow {
  return { id, conversationId: "c", branchId: "b", turnId: "t", at: 1, model: "m", end: "whole", usage: { input_tokens: 1 }, ...changes };
}

async function ids(ledger: UsageLedger, query: UsageQuery): Promise<string[]> {
  return (await Array.fromAsync(ledger.read(query))).map(({ id }) => id);
}

/** What every ledger promises. */
describe.each([["MemoryUsageLedger", () => new MemoryUsageLedger()]])("%s", (_name, open: () => UsageLedger) => {
  test("gives back the rows of a conversation, by time and then by id, as they were recorded", async () => {
    const ledger = open();
    const rows = [row("b", { at: 2 }), row("c", { at: 1 }), row("a", { at: 2 })];
    await ledger.record(rows);
    await ledger.record([row("d", { conversationId: "other" })]);
    expect(await Array.fromAsync(ledger.read({ conversationId: "c" }))).toEqual([rows[1], rows[2], rows[0]]);
    expect(await ids(ledger, { conversationId: "none" })).toEqual([]);
  });

  test("finds the rows of a branch, of a turn, and of a turn on a branch", async () => {
    const ledger = open();
    const { turnId: _, ...unasked } = row("4");
    await ledger.record([row("1"), row("2", { branchId: "b2" }), row("3", { turnId: "t2" }), unasked]);
    const conversationId = "c";
    expect(await ids(ledger, { conversationId, branchId: "b" })).toEqual(["1", "3", "4"]);
    expect(await ids(ledger, { conversationId, turnId: "t" })).toEqual(["1", "2"]);
    expect(await ids(ledger, { conversationId, branchId: "b2", turnId: "t" })).toEqual(["2"]);
  });

  test("keeps a row as it was first recorded, whatever is recorded or done later", async () => {
    const ledger = open();
    const usage = { input_tokens: 1 };
    await ledger.record([row("1", { usage })]);
    usage.input_tokens = 99;
    await ledger.record([row("1", { usage: { input_tokens: 50 } }), row("2")]);
    const [first] = await Array.fromAsync(ledger.read({ conversationId: "c" }));
    expect(first?.usage).toEqual({ input_tokens: 1 });
    expect(await ledger.sum({ conversationId: "c" })).toEqual({ requests: 2, unfinished: 0, totals: { input_tokens: 2 } });
  });

  test("keeps rows of one id in two conversations apart", async () => {
    const ledger = open();
    await ledger.record([row("1"), row("1", { conversationId: "c2" })]);
    expect([await ids(ledger, { conversationId: "c" }), await ids(ledger, { conversationId: "c2" })]).toEqual([["1"], ["1"]]);
  });

  test("filled as it went, filled from the paths at the end, or both: the same rows and the same sums", async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.nat({ max: 10 }), async ({ paths }, missed) => {
        const rows = requestsOf("c", ...paths);
        const [asItWent, atTheEnd] = [open(), open()];
        for (const [at, one] of rows.entries()) if (at !== missed) await asItWent.record([one]);
        await asItWent.record(rows);
        for (const path of paths) await atTheEnd.record(requestsOf("c", path));
        const everything = { conversationId: "c" };
        expect(await ids(atTheEnd, everything)).toEqual(await ids(asItWent, everything));
        expect(await asItWent.sum(everything)).toEqual(sumUsage(rows));
        for (const { branchId, turnId } of rows) {
          const query = { ...everything, branchId, ...(turnId !== undefined && { turnId }) };
          expect(await atTheEnd.sum(query)).toEqual(sumUsage(await Array.fromAsync(asItWent.read(query))));
        }
      }),
      { numRuns: 50 },
    );
  });
});
