import type { ConversationStore } from "@antiphon/core";
import type { StoreCheck } from "../check.ts";
import { collect, idsOf, refused, same, tipOf } from "../expect.ts";
import { AT, begin, CONVERSATION, forkAt, MAIN, MAIN_KEY, message, messages, sampleId } from "../samples.ts";

const LEVELS = 1000;

/** Ids of the branches of these checks. */
const [LEFT, RIGHT, DEEP] = [sampleId(0xb1), sampleId(0xb2), sampleId(0xb3)] as const;

export const forkingChecks: readonly StoreCheck[] = [
  {
    name: "the path of a fork is its parent's up to the fork and then its own, counted on",
    async run({ store }) {
      await begin(store, 4);
      const left = await forkAt(store, LEFT, MAIN, 2);
      same(await idsOf(store, left), [1, 2].map(sampleId), "the path of a fork without entries");
      same(await store.append({ ...left, expectedTip: 2, entries: messages(13, 14), at: AT }), { tipSeq: 4 }, "the answer");
      const expected = [
        [1, MAIN],
        [2, MAIN],
        [13, LEFT],
        [14, LEFT],
      ].map(([n, branch], index) => [sampleId(n as number), branch, index + 1]);
      same(
        (await collect(store, left)).map(({ id, branchId, seq }) => [id, branchId, seq]),
        expected,
        "ids, branches and seqs of the fork",
      );
      same(await idsOf(store, MAIN_KEY), [1, 2, 3, 4].map(sampleId), "the path of the parent");
    },
  },
  {
    name: "what is written to a parent behind a fork does not show on the fork, and the reverse",
    async run({ store }) {
      await begin(store, 2);
      const left = await forkAt(store, LEFT, MAIN, 2);
      await store.append({ ...MAIN_KEY, expectedTip: 2, entries: [message(3)], at: AT });
      same(await idsOf(store, left), [1, 2].map(sampleId), "the fork");
      await store.append({ ...left, expectedTip: 2, entries: [message(13)], at: AT });
      same(await idsOf(store, MAIN_KEY), [1, 2, 3].map(sampleId), "the parent");
      same([await tipOf(store, MAIN_KEY), await tipOf(store, left)], [3, 3], "the tips");
    },
  },
  {
    name: "a fork may start before its parent's own first entry, before the first of all, and at a tip",
    async run({ store }) {
      await begin(store, 4);
      const left = await forkAt(store, LEFT, MAIN, 3);
      await store.append({ ...left, expectedTip: 3, entries: messages(14, 15), at: AT });
      const before = await forkAt(store, RIGHT, LEFT, 1);
      await store.append({ ...before, expectedTip: 1, entries: [message(22)], at: AT });
      same(await idsOf(store, before), [1, 22].map(sampleId), "a fork of a fork, before the parent's own entries");
      const empty = await forkAt(store, DEEP, RIGHT, 0);
      same(await idsOf(store, empty), [], "a fork before the first entry");
      await store.append({ ...empty, expectedTip: 0, entries: [message(31)], at: AT });
      same(await idsOf(store, empty), [sampleId(31)], "its own entry");
      same(await idsOf(store, await forkAt(store, sampleId(0xb4), LEFT, 5)), [1, 2, 3, 14, 15].map(sampleId), "a fork at a tip");
    },
  },
  {
    name: "reading the last N and those behind a seq cuts the path of forks of forks anywhere",
    async run({ store }) {
      await begin(store, 4);
      const left = await forkAt(store, LEFT, MAIN, 3);
      await store.append({ ...left, expectedTip: 3, entries: messages(14, 16), at: AT });
      const deep = await forkAt(store, DEEP, LEFT, 5);
      await store.append({ ...deep, expectedTip: 5, entries: messages(26, 27), at: AT });
      const path = [1, 2, 3, 14, 15, 26, 27].map(sampleId);
      for (let count = 0; count <= path.length + 1; count++) {
        same(await idsOf(store, { ...deep, last: count }), count === 0 ? [] : path.slice(-count), `the last ${count}`);
        same(await idsOf(store, { ...deep, afterSeq: count }), path.slice(count), `those behind ${count}`);
        same(await idsOf(store, { ...deep, afterSeq: count, last: 2 }), path.slice(count).slice(-2), `the last 2 of those behind ${count}`);
      }
    },
  },
  {
    name: `forks of forks ${LEVELS} levels deep read and grow like any branch`,
    async run({ store }) {
      await begin(store, 1);
      let parent = MAIN;
      for (let level = 1; level <= LEVELS; level++) {
        const key = await forkAt(store, sampleId(0x10000 + level), parent, level);
        await store.append({ ...key, expectedTip: level, entries: [message(level + 1)], at: AT });
        parent = key.branchId;
      }
      const deepest = { ...MAIN_KEY, branchId: parent };
      same(
        await idsOf(store, deepest),
        Array.from({ length: LEVELS + 1 }, (_unused, index) => sampleId(index + 1)),
        "the whole path",
      );
      same(await idsOf(store, { ...deepest, last: 3 }), [LEVELS - 1, LEVELS, LEVELS + 1].map(sampleId), "the last 3");
      same(await idsOf(store, { ...deepest, afterSeq: LEVELS - 1 }), [LEVELS, LEVELS + 1].map(sampleId), "those behind a seq");
      same((await store.open(CONVERSATION))?.branches.length, LEVELS + 1, "the branches of the record");
    },
  },
  {
    name: "a tree grown at random reads like a list of each branch",
    run: ({ store }) => growAtRandom(store),
  },
  {
    name: "the record tells every branch with its parent, fork and tip, and forking moves neither head nor usedAt",
    async run({ store }) {
      await begin(store, 3);
      await store.append({ ...(await forkAt(store, LEFT, MAIN, 2)), expectedTip: 2, entries: [message(13)], at: AT });
      const before = await store.open(CONVERSATION);
      await store.fork({ conversationId: CONVERSATION, branchId: RIGHT, parentBranchId: LEFT, forkSeq: 1, createdAt: AT + 7 });
      const after = await store.open(CONVERSATION);
      same([after?.headBranchId, after?.usedAt], [MAIN, before?.usedAt], "head and usedAt");
      const expected = [
        { id: MAIN, forkSeq: 0, tipSeq: 3, createdAt: AT },
        { id: LEFT, parentBranchId: MAIN, forkSeq: 2, tipSeq: 3, createdAt: AT },
        { id: RIGHT, parentBranchId: LEFT, forkSeq: 1, tipSeq: 1, createdAt: AT + 7 },
      ];
      same(
        (after?.branches ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        expected,
        "the branches",
      );
    },
  },
  {
    name: "forking again with the same values changes nothing, and with others is refused with already_exists",
    async run({ store }) {
      await begin(store, 3);
      const left = await forkAt(store, LEFT, MAIN, 2);
      await store.append({ ...left, expectedTip: 2, entries: [message(13)], at: AT });
      const fork = { ...left, parentBranchId: MAIN, forkSeq: 2, createdAt: AT };
      await store.fork(fork);
      await refused(store.fork({ ...fork, forkSeq: 1 }), "already_exists", "another fork seq");
      await refused(store.fork({ ...fork, createdAt: AT + 1 }), "already_exists", "another time");
      await forkAt(store, RIGHT, MAIN, 2);
      await refused(store.fork({ ...fork, parentBranchId: RIGHT }), "already_exists", "another parent, with an entry of that seq");
      await refused(store.fork({ ...fork, branchId: MAIN, parentBranchId: LEFT }), "already_exists", "the id of the first branch");
      same(await idsOf(store, left), [1, 2, 13].map(sampleId), "the path of the fork");
    },
  },
  {
    name: "forking where there is no such conversation, branch or entry is refused with not_found, and makes nothing",
    async run({ store }) {
      await begin(store, 3);
      const fork = { conversationId: CONVERSATION, branchId: LEFT, parentBranchId: MAIN, forkSeq: 2, createdAt: AT };
      await refused(store.fork({ ...fork, conversationId: sampleId(0xc1) }), "not_found", "no such conversation");
      await refused(store.fork({ ...fork, parentBranchId: RIGHT }), "not_found", "no such parent");
      await refused(store.fork({ ...fork, forkSeq: 4 }), "not_found", "beyond the tip");
      await refused(store.fork({ ...fork, forkSeq: -1 }), "not_found", "before the beginning");
      await refused(store.fork({ ...fork, forkSeq: 1.5 }), "not_found", "between two entries");
      await refused(store.fork({ ...fork, forkSeq: Number.NaN }), "not_found", "nowhere");
      same((await store.open(CONVERSATION))?.branches.length, 1, "the branches of the record");
    },
  },
];

/** Forks and appends by a fixed row of random numbers, beside a model in which each branch is a plain list. */
async function growAtRandom(store: ConversationStore): Promise<void> {
  await begin(store);
  let state = 20_261_121;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const paths = new Map<string, string[]>([[MAIN, []]]);
  for (let n = 1; n <= 300; n++) {
    const [branchId, path] = [...paths][random(paths.size)] as [string, string[]];
    if (random(4) === 0) {
      const forkSeq = random(path.length + 1);
      const fork = await forkAt(store, sampleId(0x20000 + n), branchId, forkSeq);
      paths.set(fork.branchId, path.slice(0, forkSeq));
    } else {
      await store.append({ ...MAIN_KEY, branchId, expectedTip: path.length, entries: [message(n)], at: AT });
      path.push(sampleId(n));
    }
  }
  for (const [branchId, path] of paths) {
    const key = { ...MAIN_KEY, branchId };
    same(await idsOf(store, key), path, `the path of ${branchId}`);
    const [afterSeq, last] = [random(path.length + 1), 1 + random(path.length + 1)];
    same(
      await idsOf(store, { ...key, afterSeq, last }),
      path.slice(afterSeq).slice(-last),
      `the last ${last} behind ${afterSeq} of ${branchId}`,
    );
  }
}
