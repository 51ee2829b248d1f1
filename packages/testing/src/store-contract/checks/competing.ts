import { isAntiphonError } from "@antiphon/core";
import type { ConversationStore } from "@antiphon/core";
import type { CheckContext, StoreCheck } from "../check.ts";
import { collect, idsOf, same } from "../expect.ts";
import { AT, begin, CONVERSATION, forkAt, MAIN, MAIN_KEY, message, sampleConversation, sampleId } from "../samples.ts";

const WRITERS = 10;

export const competingChecks: readonly StoreCheck[] = [
  ...[2, WRITERS].map((count): StoreCheck => ({
    name: `of ${count} writers on one tip one extends it, the others are told, and what they write is reachable on a fork`,
    run: ({ store }) => race(store, Array<ConversationStore>(count).fill(store)),
  })),
  {
    name: "of 10 writers with a handle each on one tip one extends it, the others are told, and what they write is reachable on a fork",
    needs: "shared",
    run: async (context) => race(context.store, await handles(context, WRITERS)),
  },
  {
    name: "10 writers that go on at the new tip when they are told lose nothing and double nothing",
    run: ({ store }) => relay(store, Array<ConversationStore>(WRITERS).fill(store)),
  },
  {
    name: "10 writers with a handle each that go on at the new tip when they are told lose nothing and double nothing",
    needs: "shared",
    run: async (context) => relay(context.store, await handles(context, WRITERS)),
  },
  {
    name: "a reader during a writer sees the path without a hole, as long as it was at some instant",
    async run({ store }) {
      await begin(store, 3);
      const branch = { tip: 3 };
      const write = async () => {
        for (; branch.tip < 60; branch.tip++)
          await store.append({ ...MAIN_KEY, expectedTip: branch.tip, entries: [message(branch.tip + 1)], at: AT });
      };
      const read = async () => {
        while (branch.tip < 60) {
          const before = branch.tip;
          const seqs = (await collect(store, MAIN_KEY)).map(({ seq }) => seq);
          same(
            seqs,
            Array.from({ length: Math.max(before, seqs.length) }, (_unused, index) => index + 1),
            "the seqs read",
          );
        }
      };
      await Promise.all([write(), read(), read()]);
      same((await collect(store, MAIN_KEY)).length, 60, "the entries in the end");
    },
  },
  {
    name: "of 10 that create one id with values of their own one makes it and the others are refused",
    async run({ store }) {
      const calls = Array.from({ length: WRITERS }, (_unused, n) =>
        store.create(sampleConversation({ hashKey: `${n}`, branchId: sampleId(n) })),
      );
      const { won, codes } = await outcome(calls);
      same(codes, Array(WRITERS - 1).fill("already_exists"), "the refusals");
      const record = await store.open(CONVERSATION);
      same([record?.hashKey, record?.headBranchId], [`${won}`, sampleId(won)], "the conversation is the winner's");
    },
  },
  {
    name: "of 10 that move the head from one branch to another each one succeeds and the others are refused",
    async run({ store }) {
      await begin(store, 1);
      for (let n = 0; n < WRITERS; n++) await forkAt(store, sampleId(n), MAIN, 1);
      const calls = Array.from({ length: WRITERS }, (_unused, n) =>
        store.moveHead({ conversationId: CONVERSATION, from: MAIN, to: sampleId(n) }),
      );
      const { won, codes } = await outcome(calls);
      same(codes, Array(WRITERS - 1).fill("tip_moved"), "the refusals");
      same((await store.open(CONVERSATION))?.headBranchId, sampleId(won), "the head is where the winner moved it");
    },
  },
  {
    name: "of 10 that ask for a lease at once one gets it",
    async run({ store }) {
      await begin(store);
      const asked = Array.from({ length: WRITERS }, (_unused, n) =>
        store.acquireLease({ ...MAIN_KEY, holder: `holder ${n}`, ttlMs: 1000 }),
      );
      same((await Promise.all(asked)).filter((lease) => lease !== undefined).length, 1, "leases granted");
    },
  },
];

async function handles({ store, secondHandle }: CheckContext, count: number): Promise<ConversationStore[]> {
  const all = [store];
  while (all.length < count) all.push(await secondHandle());
  return all;
}

/** All write at one tip at once; then each that was refused writes the same on a fork of its own. */
async function race(store: ConversationStore, writers: readonly ConversationStore[]): Promise<void> {
  await begin(store, 1);
  const calls = writers.map((writer, n) => writer.append({ ...MAIN_KEY, expectedTip: 1, entries: [message(100 + n)], at: AT }));
  const { won, codes, tips } = await outcome(calls);
  same(codes, Array(writers.length - 1).fill("tip_moved"), "the refusals");
  same(tips, Array(writers.length - 1).fill(2), "the tips that the refused were told");
  same(await idsOf(store, MAIN_KEY), [sampleId(1), sampleId(100 + won)], "the branch has the winner's entry only");
  for (const [n, writer] of writers.entries()) {
    if (n === won) continue;
    const key = await forkAt(writer, sampleId(200 + n), MAIN, 1);
    await writer.append({ ...key, expectedTip: 1, entries: [message(100 + n)], at: AT });
    same(await idsOf(store, key), [sampleId(1), sampleId(100 + n)], "the fork of a writer that was refused");
  }
}

/** Each writes ten entries, one at a time, where the tip is by then. */
async function relay(store: ConversationStore, writers: readonly ConversationStore[]): Promise<void> {
  await begin(store);
  const each = 10;
  const mine = (writer: number, n: number) => 1000 + writer * each + n;
  await Promise.all(
    writers.map(async (handle, writer) => {
      let tip = 0;
      for (let n = 0; n < each; n++) {
        for (;;) {
          try {
            tip = (await handle.append({ ...MAIN_KEY, expectedTip: tip, entries: [message(mine(writer, n))], at: AT })).tipSeq;
            break;
          } catch (error) {
            if (!isAntiphonError(error, "tip_moved")) throw error;
            tip = error.details["tipSeq"] as number;
          }
        }
      }
    }),
  );
  const entries = await collect(store, MAIN_KEY);
  same(
    entries.map(({ seq }) => seq),
    Array.from({ length: writers.length * each }, (_unused, index) => index + 1),
    "the seqs",
  );
  for (const writer of writers.keys()) {
    const own = Array.from({ length: each }, (_unused, n) => sampleId(mine(writer, n)));
    same(
      entries.map(({ id }) => id).filter((id) => own.includes(id)),
      own,
      `the entries of writer ${writer}, in its order`,
    );
  }
}

/** Who won, and what the others were told. */
async function outcome(calls: readonly Promise<unknown>[]): Promise<{ won: number; codes: unknown[]; tips: unknown[] }> {
  const settled = await Promise.allSettled(calls);
  const winners = settled.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
  same(winners.length, 1, "the calls that succeeded");
  const reasons = settled.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  return {
    won: winners[0] as number,
    codes: reasons.map((reason) => (isAntiphonError(reason) ? reason.code : String(reason))),
    tips: reasons.map((reason) => (isAntiphonError(reason) ? reason.details["tipSeq"] : undefined)),
  };
}
