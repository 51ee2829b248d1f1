import { MemoryStore } from "@antiphon/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { costsAt, entriesOf } from "./costs.ts";
import { countingStore } from "./counting-store.ts";

const LENGTH_MAX = 1_000;
const RUNS = 20;

test(
  "Law 9. Constant cost: appending, forking, a turn and reading the last 50 ask the same of a store at any length",
  { timeout: 60_000 },
  async () => {
    const short = await costsAt(60, 0.5);
    expect(short["append"]!.calls["append"]).toBe(1);
    expect([short["fork"]!.calls["fork"], short["fork"]!.entriesRead]).toEqual([1, 0]);
    expect(short["the last 50"]).toEqual({ calls: { read: 1 }, entriesRead: 50 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60, max: LENGTH_MAX }), fc.double({ min: 0, max: 1, noNaN: true }), async (length, place) => {
        expect(await costsAt(length, place)).toEqual(short);
      }),
      { numRuns: RUNS },
    );
  },
);

test("what is counted is told apart", async () => {
  const { store, take } = countingStore(new MemoryStore());
  await store.create({ id: "c", branchId: "b", createdAt: 0, hashKey: "", entries: entriesOf(3) });
  take();
  for await (const entry of store.read({ conversationId: "c", branchId: "b" })) expect(entry.kind).toBe("message");
  expect(take()).toEqual({ calls: { read: 1 }, entriesRead: 3 });
});
