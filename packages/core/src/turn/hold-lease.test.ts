import { describe, expect, test } from "vitest";
import { FakeEnvironment, settle } from "../../test/fake-environment.ts";
import { AntiphonError } from "../errors.ts";
import { BranchWriter } from "../store/branch-writer.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { type Held, holdLease, type WhenHeld } from "./hold-lease.ts";

const KEY = { conversationId: "c", branchId: "b" };
const never = new Promise<never>(() => undefined);

async function begin() {
  const environment = new FakeEnvironment();
  const store = new MemoryStore({ now: () => environment.now() });
  await store.create({ id: "c", branchId: "b", createdAt: 1, hashKey: "00" });
  const writer = () => new BranchWriter({ key: KEY, store, environment, path: [], tipSeq: 0 });
  const hold = <T>(work: (held: Held) => Promise<T>, whenHeld: WhenHeld = "fail", signal = new AbortController().signal) =>
    holdLease({ store, writer: writer(), environment, holder: "test", whenHeld, signal }, work);
  return { environment, store, hold };
}

describe("the lease of a turn", () => {
  test("refuses a second turn in the same process as busy", async () => {
    const { hold } = await begin();
    void hold(() => never);
    await settle();
    await expect(hold(async () => "mine")).rejects.toMatchObject({
      code: "busy",
      retryable: true,
      message: expect.stringContaining("Wait for it to end, or fork"),
    });
  });

  test("is given back when the work ends, and when it throws", async () => {
    const { hold } = await begin();
    await expect(hold(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await hold(async () => "next")).toBe("next");
  });

  test("outlives its ten seconds for as long as the work takes", async () => {
    const { environment, hold } = await begin();
    void hold(() => never);
    await environment.pass(60_000);
    await expect(hold(async () => "mine")).rejects.toMatchObject({ code: "busy" });
  });

  test("that is lost to another holder calls the work off with the reason", async () => {
    const { environment, store, hold } = await begin();
    let lost: AbortSignal | undefined;
    void hold((held) => {
      ({ lost } = held);
      return never;
    });
    await settle();
    store.renewLease = async () => {
      throw new AntiphonError("lease_lost", "gone");
    };
    await environment.pass(10_000);
    expect(lost?.aborted).toBe(true);
    expect(lost?.reason).toMatchObject({ code: "lease_lost" });
  });

  test("survives a store that fails for a moment, and is lost when it has run out", async () => {
    const { environment, store, hold } = await begin();
    let lost: AbortSignal | undefined;
    void hold((held) => {
      ({ lost } = held);
      return never;
    });
    await settle();
    const renew = store.renewLease.bind(store);
    const fails = async (): Promise<never> => {
      throw new AntiphonError("store_locked", "locked");
    };
    store.renewLease = fails;
    await environment.pass(9_000);
    expect(lost?.aborted).toBe(false);
    store.renewLease = renew;
    await environment.pass(60_000);
    expect(lost?.aborted).toBe(false);
    store.renewLease = () => Promise.reject(new Error("gone fishing"));
    await environment.pass(14_000);
    expect(lost?.reason).toMatchObject({ code: "lease_lost", cause: expect.objectContaining({ message: "gone fishing" }) });
  });

  test("leaves no timer behind, also where a renewal is under way as the work ends", async () => {
    const { environment, store, hold } = await begin();
    const renewal = Promise.withResolvers<void>();
    const renew = store.renewLease.bind(store);
    store.renewLease = async (...renewed) => {
      const lease = await renew(...renewed);
      await renewal.promise;
      return lease;
    };
    const work = Promise.withResolvers<void>();
    const done = hold(() => work.promise);
    await environment.pass(4_000);
    work.resolve();
    await done;
    renewal.resolve();
    await settle();
    expect(environment.pending).toBe(0);
  });
});

describe("a turn that waits for another", () => {
  test("begins when the other ends", async () => {
    const { environment, hold } = await begin();
    const work = Promise.withResolvers<void>();
    void hold(() => work.promise);
    await settle();
    const next = hold(async () => "my turn", "wait");
    await environment.pass(1_000);
    work.resolve();
    await environment.pass(1_000);
    expect(await next).toBe("my turn");
  });

  test("gives up after ten minutes", async () => {
    const { environment, hold } = await begin();
    void hold(() => never);
    await settle();
    const next = hold(async () => "my turn", "wait").catch((error: unknown) => error);
    await environment.pass(601_000);
    expect(await next).toMatchObject({ code: "busy" });
  });

  test("ends at once when it is called off", async () => {
    const { environment, hold } = await begin();
    void hold(() => never);
    await settle();
    const controller = new AbortController();
    const next = hold(async () => "my turn", "wait", controller.signal).catch((error: unknown) => error);
    await environment.pass(1_000);
    controller.abort();
    expect(await next).toMatchObject({ name: "AbortError" });
    expect(environment.pending).toBe(1);
  });
});
