import { describe, expect, test } from "vitest";
import { FakeEnvironment, settle } from "../../test/fake-environment.ts";
import { row } from "../../test/usage-objects.ts";
import { MemoryUsageLedger } from "./memory-usage-ledger.ts";
import { UsageRecorder } from "./usage-recorder.ts";
import type { UsageRow } from "./usage-row.ts";

/** A ledger that does not take rows while it is told not to. */
class ShakyLedger extends MemoryUsageLedger {
  refuses: (() => Promise<void>) | undefined;

  override async record(rows: readonly UsageRow[]): Promise<void> {
    await this.refuses?.();
    await super.record(rows);
  }
}

const begin = () => {
  const environment = new FakeEnvironment();
  const ledger = new ShakyLedger();
  return { environment, ledger, recorder: new UsageRecorder(ledger, environment) };
};
const idsIn = async (ledger: MemoryUsageLedger) => (await Array.fromAsync(ledger.read({ conversationId: "c" }))).map(({ id }) => id);
const full = new Error("the disk is full");

describe("a row that the ledger does not take", () => {
  test("is told with its reason, and recorded together with the next that it takes", async () => {
    const { ledger, recorder } = begin();
    ledger.refuses = () => Promise.reject(full);
    const rows = [row({}), row({}), row({})];
    expect(await recorder.record(rows[0])).toEqual({ rows: 1, error: full });
    expect(await recorder.record(rows[1])).toEqual({ rows: 2, error: full });
    expect(await idsIn(ledger)).toEqual([]);
    ledger.refuses = undefined;
    expect(await recorder.record(rows[2])).toBeUndefined();
    expect(await idsIn(ledger)).toEqual(rows.map(({ id }) => id));
  });

  test("is there once, though the ledger took it before it failed", async () => {
    const { ledger, recorder } = begin();
    const first = row({ input_tokens: 1 });
    await ledger.record([first]);
    ledger.refuses = () => Promise.reject(full);
    await recorder.record(first);
    ledger.refuses = undefined;
    await recorder.record(row({}));
    expect(await ledger.sum({ conversationId: "c" })).toMatchObject({ requests: 2, totals: { input_tokens: 1 } });
  });

  test("is among the rows of its conversation all the same", async () => {
    const { ledger, recorder } = begin();
    ledger.refuses = () => Promise.reject(full);
    const [mine, other] = [row({}), row({}, { conversationId: "other" })];
    await recorder.record(mine);
    await recorder.record(other);
    expect(await recorder.rowsOf("c")).toEqual([mine]);
  });

  test("goes where a thousand newer ones are kept", async () => {
    const { ledger, recorder } = begin();
    ledger.refuses = () => Promise.reject(full);
    const rows = Array.from({ length: 1001 }, () => row({}));
    for (const one of rows) await recorder.record(one);
    const kept = (await recorder.rowsOf("c")).map(({ id }) => id);
    expect([kept.length, kept[0]]).toEqual([1000, rows[1]!.id]);
  });
});

test("a ledger that never answers is waited for no longer than ten seconds", async () => {
  const { environment, ledger, recorder } = begin();
  ledger.refuses = () => new Promise(() => undefined);
  let told: unknown = "nothing";
  void recorder.record(row({})).then((unrecorded) => {
    told = unrecorded;
  });
  await environment.pass(9_999);
  expect(told).toBe("nothing");
  await environment.pass(1);
  expect(told).toMatchObject({ rows: 1, error: { message: "the ledger did not answer within 10000 ms" } });
});

test("a ledger that answers leaves no timer behind, and none at all is asked nothing", async () => {
  const { environment, recorder } = begin();
  await recorder.record(row({}));
  await settle();
  expect(environment.pending).toBe(0);
  const without = new UsageRecorder(undefined, environment);
  expect([await without.record(row({})), await without.rowsOf("c")]).toEqual([undefined, []]);
});
