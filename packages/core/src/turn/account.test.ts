import { expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { delta, start, startBlock } from "../../test/stream-events.ts";
import type { Conversation } from "../conversation.ts";
import { DraftLog } from "../messages/draft-log.ts";
import { ReplyFold } from "../messages/fold.ts";
import type { MemoryStore } from "../store/memory-store.ts";
import { MemoryUsageLedger } from "../usage/memory-usage-ledger.ts";
import { requestsOf } from "../usage/usage-row.ts";

/** Leaves the draft of a reply that nobody is writing any more. */
async function leaveDraft(store: MemoryStore, conversation: Conversation): Promise<void> {
  const fold = new ReplyFold();
  const log = new DraftLog(fold);
  for (const event of [start(), startBlock(0, { type: "text", text: "" }), delta(0, { type: "text_delta", text: "Half a" })])
    log.add(event, fold.push(event));
  const { id: conversationId, branchId, entries } = conversation;
  await store.append({
    conversationId,
    branchId,
    expectedTip: entries.length,
    at: 1,
    draft: { draftId: "d", number: 0, text: log.take()! },
  });
}

test.each(["a turn", "a write outside of one"])(
  "a reply that is recovered from its draft by %s is accounted for as cut off",
  async (by) => {
    const ledger = new MemoryUsageLedger();
    const { conversation, store } = await begin([], {}, { ledger });
    await conversation.append({ role: "user", content: "Hello?" }, { origin: "human" });
    await leaveDraft(store, conversation);
    if (by === "a turn") await conversation.send("Go on.").result;
    else await conversation.update({ max_tokens: 9 });
    const rows = await Array.fromAsync(ledger.read({ conversationId: conversation.id }));
    expect(rows[0]).toMatchObject({ end: "cut", turnId: conversation.entries[1]!.id });
    expect(rows).toEqual(requestsOf(conversation.id, conversation.entries));
  },
);

test("a reply that the store would not have is accounted for all the same", async () => {
  const ledger = new MemoryUsageLedger();
  const { conversation, store } = await begin([], {}, { ledger });
  const append = store.append.bind(store);
  store.append = (given) =>
    given.entries?.some((entry) => entry.kind === "message" && entry.reply) === true ? Promise.reject(new Error("gone")) : append(given);
  await conversation.send("Hello").result;
  const rows = await Array.fromAsync(ledger.read({ conversationId: conversation.id }));
  expect(rows).toMatchObject([{ end: "nothing", outcome: "failed", turnId: conversation.entries[1]!.id, usage: expect.any(Object) }]);
});
