import type { StoreCheck } from "../check.ts";
import { refused, same } from "../expect.ts";
import { begin, CONVERSATION, forkAt, MAIN, sampleId } from "../samples.ts";

const [LEFT, RIGHT] = [sampleId(0xb1), sampleId(0xb2)] as const;

export const headChecks: readonly StoreCheck[] = [
  {
    name: "the head moves to another branch, and usedAt stays",
    async run({ store }) {
      await begin(store, 1);
      await forkAt(store, LEFT, MAIN, 1);
      const before = await store.open(CONVERSATION);
      await store.moveHead({ conversationId: CONVERSATION, from: MAIN, to: LEFT });
      const after = await store.open(CONVERSATION);
      same([after?.headBranchId, after?.usedAt], [LEFT, before?.usedAt], "head and usedAt");
      same((await store.list()).conversations[0]?.headBranchId, LEFT, "the head in the list");
    },
  },
  {
    name: "moving the head from where it is not is refused with tip_moved and tells where it is",
    async run({ store }) {
      await begin(store, 1);
      await forkAt(store, LEFT, MAIN, 1);
      await forkAt(store, RIGHT, MAIN, 1);
      await store.moveHead({ conversationId: CONVERSATION, from: MAIN, to: LEFT });
      const error = await refused(
        store.moveHead({ conversationId: CONVERSATION, from: MAIN, to: RIGHT }),
        "tip_moved",
        "from the old head",
      );
      same(error.details["headBranchId"], LEFT, "details.headBranchId");
      same((await store.open(CONVERSATION))?.headBranchId, LEFT, "the head");
    },
  },
  {
    name: "moving the head where there is no such conversation or branch is refused with not_found",
    async run({ store }) {
      await begin(store, 1);
      await refused(store.moveHead({ conversationId: CONVERSATION, from: MAIN, to: RIGHT }), "not_found", "no such branch");
      await refused(store.moveHead({ conversationId: sampleId(0xc1), from: MAIN, to: MAIN }), "not_found", "no such conversation");
      same((await store.open(CONVERSATION))?.headBranchId, MAIN, "the head");
    },
  },
];
