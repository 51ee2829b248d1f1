import type { StoreCheck } from "../check.ts";
import { collect, idsOf, refused, same } from "../expect.ts";
import { AT, begin, MAIN_KEY, message, messages, sampleId } from "../samples.ts";

const MANY = 3000;

export const readingChecks: readonly StoreCheck[] = [
  {
    name: "a path reads oldest first, whole, in part from its end, and behind a seq",
    async run({ store }) {
      await begin(store, 5);
      const read = (query: { last?: number; afterSeq?: number }) => idsOf(store, { ...MAIN_KEY, ...query });
      same(await read({}), [1, 2, 3, 4, 5].map(sampleId), "the whole path");
      same(await read({ last: 2 }), [4, 5].map(sampleId), "the last 2");
      same(await read({ last: 5 }), [1, 2, 3, 4, 5].map(sampleId), "the last 5");
      same(await read({ last: 9 }), [1, 2, 3, 4, 5].map(sampleId), "the last 9");
      same(await read({ last: 0 }), [], "the last 0");
      same(await read({ afterSeq: 3 }), [4, 5].map(sampleId), "those behind 3");
      same(await read({ afterSeq: 0 }), [1, 2, 3, 4, 5].map(sampleId), "those behind 0");
      same(await read({ afterSeq: 5 }), [], "those behind the tip");
      same(await read({ afterSeq: 9 }), [], "those behind a seq that is not there yet");
      same(await read({ afterSeq: 1, last: 2 }), [4, 5].map(sampleId), "the last 2 of those behind 1");
      same(await read({ afterSeq: 3, last: 4 }), [4, 5].map(sampleId), "the last 4 of those behind 3");
    },
  },
  {
    name: `a path of ${MANY} entries reads whole and in order`,
    async run({ store }) {
      await begin(store);
      for (let tip = 0; tip < MANY; tip += 500) {
        await store.append({ ...MAIN_KEY, expectedTip: tip, entries: messages(tip + 1, tip + 500), at: AT });
      }
      const entries = await collect(store, MAIN_KEY);
      same(
        entries.map(({ id, seq }) => [id, seq]),
        Array.from({ length: MANY }, (_unused, index) => [sampleId(index + 1), index + 1]),
        "ids and seqs",
      );
      same(
        (await collect(store, { ...MAIN_KEY, last: 50 })).map(({ seq }) => seq),
        Array.from({ length: 50 }, (_unused, index) => MANY - 49 + index),
        "the last 50",
      );
    },
  },
  {
    name: "a reader that stops early leaves the store as usable as before",
    async run({ store }) {
      await begin(store, 400);
      for (let times = 0; times < 3; times++) {
        for await (const { seq } of store.read(MAIN_KEY)) if (seq === 2) break;
      }
      await store.append({ ...MAIN_KEY, expectedTip: 400, entries: [message(401)], at: AT });
      same(await idsOf(store, { ...MAIN_KEY, last: 1 }), [sampleId(401)], "the last entry");
    },
  },
  {
    name: "two readers of one path do not disturb each other",
    async run({ store }) {
      await begin(store, 600);
      const [a, b] = [store.read(MAIN_KEY)[Symbol.asyncIterator](), store.read(MAIN_KEY)[Symbol.asyncIterator]()];
      for (let seq = 1; seq <= 600; seq++) {
        const [one, two] = [await a.next(), await b.next()];
        same([one.value?.seq, two.value?.seq], [seq, seq], "the seqs, read in turns");
      }
      same([(await a.next()).done, (await b.next()).done], [true, true], "both ends");
    },
  },
  {
    name: "a path that is written to while it is read has no hole and nothing twice",
    async run({ store }) {
      await begin(store, 300);
      const seqs: number[] = [];
      for await (const { seq } of store.read(MAIN_KEY)) {
        if (seq <= 20) await store.append({ ...MAIN_KEY, expectedTip: 299 + seq, entries: [message(300 + seq)], at: AT });
        seqs.push(seq);
      }
      same(
        seqs,
        Array.from({ length: Math.max(300, seqs.length) }, (_unused, index) => index + 1),
        "the seqs",
      );
    },
  },
  {
    name: "reading where there is no such conversation or branch is refused with not_found",
    async run({ store }) {
      await begin(store, 1);
      await refused(collect(store, { ...MAIN_KEY, conversationId: sampleId(0xc1) }), "not_found", "no such conversation");
      await refused(collect(store, { ...MAIN_KEY, branchId: sampleId(0xb1) }), "not_found", "no such branch");
    },
  },
];
