import type { ConversationStore, Lease } from "@antiphon/core";
import type { StoreCheck } from "../check.ts";
import { idsOf, refused, same } from "../expect.ts";
import { AT, begin, forkAt, MAIN, MAIN_KEY, message, sampleId } from "../samples.ts";

const TTL_MS = 1000;

function ask(store: ConversationStore, holder: string, key = MAIN_KEY): Promise<Lease | undefined> {
  return store.acquireLease({ ...key, holder, ttlMs: TTL_MS });
}

/** A lease that must be granted. */
async function take(store: ConversationStore, holder: string, key = MAIN_KEY): Promise<Lease> {
  const lease = await ask(store, holder, key);
  if (lease === undefined) throw new Error(`The lease that ${holder} asked for was not granted, though no other holder has it.`);
  return lease;
}

export const leasingChecks: readonly StoreCheck[] = [
  {
    name: "a lease is granted with its key, its holder and its end by the store's clock, and refused to another until then",
    async run({ store, clock }) {
      await begin(store);
      const { fence, ...lease } = await take(store, "a");
      same(lease, { ...MAIN_KEY, holder: "a", expiresAt: clock.now() + TTL_MS }, "the lease");
      clock.advance(TTL_MS - 1);
      same(await ask(store, "b"), undefined, "the lease for another a millisecond before its end");
      clock.advance(1);
      const next = await take(store, "b");
      same([next.holder, next.fence > fence], ["b", true], "the lease for another at its end, and whether its fence is higher");
    },
  },
  {
    name: "the same holder that asks again gets a new grant with a higher fence and a new end",
    async run({ store, clock }) {
      await begin(store);
      const first = await take(store, "a");
      clock.advance(10);
      const second = await take(store, "a");
      same([second.fence > first.fence, second.expiresAt], [true, clock.now() + TTL_MS], "whether the fence is higher, and the end");
      await refused(store.renewLease(first, TTL_MS), "lease_lost", "renewing the first grant");
    },
  },
  {
    name: "renewing a lease moves its end, counted from now",
    async run({ store, clock }) {
      await begin(store);
      const lease = await take(store, "a");
      clock.advance(TTL_MS - 10);
      same(await store.renewLease(lease, TTL_MS), { ...lease, expiresAt: clock.now() + TTL_MS }, "the renewed lease");
      clock.advance(TTL_MS - 1);
      same(await ask(store, "b"), undefined, "the lease for another before the new end");
      clock.advance(1);
      same((await ask(store, "b"))?.holder, "b", "the holder after the new end");
    },
  },
  {
    name: "a lease that has expired can be renewed as long as nobody took it, and not after",
    async run({ store, clock }) {
      await begin(store);
      const lease = await take(store, "a");
      clock.advance(TTL_MS * 5);
      same((await store.renewLease(lease, TTL_MS)).fence, lease.fence, "the fence of the renewed lease");
      same(await ask(store, "b"), undefined, "the lease for another after the renewal");
      clock.advance(TTL_MS);
      await take(store, "b");
      await refused(store.renewLease(lease, TTL_MS), "lease_lost", "renewing a lease that another took");
      same(await ask(store, "a"), undefined, "the lease for the first while the other has it");
    },
  },
  {
    name: "a lease that was given back is free at once, cannot be renewed, and can be given back again",
    async run({ store }) {
      await begin(store);
      const lease = await take(store, "a");
      await store.releaseLease(lease);
      await refused(store.renewLease(lease, TTL_MS), "lease_lost", "renewing a lease that was given back");
      const next = await take(store, "b");
      same(next.fence > lease.fence, true, "whether the fence is higher after a release");
      await store.releaseLease(lease);
      same(await ask(store, "c"), undefined, "the lease for a third after the first gave its old one back again");
    },
  },
  {
    name: "an append with the fence of an older lease is refused with lease_lost and stores nothing, whatever the tip",
    async run({ store, clock }) {
      await begin(store, 1);
      const old = await take(store, "a");
      clock.advance(TTL_MS);
      const lease = await take(store, "b");
      const entry = (fence: number, expectedTip: number, n: number) =>
        store.append({ ...MAIN_KEY, expectedTip, entries: [message(n)], at: AT, fence });
      await refused(entry(old.fence, 1, 2), "lease_lost", "an append at the tip");
      await refused(entry(old.fence, 0, 2), "lease_lost", "an append behind the tip");
      const draft = { draftId: sampleId(2), number: 0, text: "late" };
      await refused(store.append({ ...MAIN_KEY, expectedTip: 1, draft, at: AT, fence: old.fence }), "lease_lost", "a draft chunk");
      same([await idsOf(store, MAIN_KEY), await store.readDraft(MAIN_KEY)], [[sampleId(1)], undefined], "entries and draft");
      await entry(lease.fence, 1, 3);
      same(await idsOf(store, MAIN_KEY), [1, 3].map(sampleId), "the entries of the newest lease's holder");
    },
  },
  {
    name: "the newest fence passes after its lease has expired or was given back, and an append without one passes always",
    async run({ store, clock }) {
      await begin(store);
      const lease = await take(store, "a");
      clock.advance(TTL_MS);
      await store.append({ ...MAIN_KEY, expectedTip: 0, entries: [message(1)], at: AT, fence: lease.fence });
      await store.releaseLease(lease);
      await store.append({ ...MAIN_KEY, expectedTip: 1, entries: [message(2)], at: AT, fence: lease.fence });
      await take(store, "b");
      await store.append({ ...MAIN_KEY, expectedTip: 2, entries: [message(3)], at: AT });
      same(await idsOf(store, MAIN_KEY), [1, 2, 3].map(sampleId), "the entries");
    },
  },
  {
    name: "an append that was stored is recognised when it is repeated with a fence that has become old",
    async run({ store, clock }) {
      await begin(store);
      const lease = await take(store, "a");
      const append = { ...MAIN_KEY, expectedTip: 0, entries: [message(1)], at: AT, fence: lease.fence };
      await store.append(append);
      clock.advance(TTL_MS);
      await take(store, "b");
      same(await store.append(append), { tipSeq: 1 }, "the answer to the repetition");
    },
  },
  {
    name: "each branch has a lease of its own",
    async run({ store }) {
      await begin(store, 1);
      const fork = await forkAt(store, sampleId(0xb1), MAIN, 1);
      const lease = await take(store, "a");
      same((await take(store, "b", fork)).branchId, fork.branchId, "the lease on the fork");
      await take(store, "b", fork);
      await store.append({ ...MAIN_KEY, expectedTip: 1, entries: [message(2)], at: AT, fence: lease.fence });
    },
  },
  {
    name: "a lease where there is no such conversation or branch is refused with not_found",
    async run({ store }) {
      await begin(store);
      await refused(ask(store, "a", { ...MAIN_KEY, conversationId: sampleId(0xc1) }), "not_found", "no such conversation");
      await refused(ask(store, "a", { ...MAIN_KEY, branchId: sampleId(0xb1) }), "not_found", "no such branch");
    },
  },
];
