import { MemoryStore, text, type TurnEvent } from "@antiphon/core";
import { gate } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { messagesOf, practice } from "./practice.ts";
import { settled } from "./settled.ts";
import { steppedEnvironment } from "./stepped-environment.ts";

const LEASE_MS = 10_000;

/**
 * Streams a text up to a point and takes the process for dead there. Returns what it had shown, what another process finds,
 * and how it fares when it comes back after all.
 */
async function killed(content: string, { events, waitMs }: { events: number; waitMs: number }) {
  let storeTime = 0;
  const store = new MemoryStore({ now: () => storeTime });
  await using at = await practice({ store: () => store, caching: "off" });
  const conversation = await at.start();
  const hold = gate();
  at.server.script({ content, faults: [{ kind: "hold", gate: hold, at: { afterEvents: events } }] });
  const turn = conversation.send("Begin.");
  const shown: string[] = [];
  const reading = (async () => {
    for await (const event of turn as AsyncIterable<TurnEvent>) if (event.type === "text-delta") shown.push(event.text);
  })();
  await hold.reached;
  // In front of the deltas stand the starts of message and block, and a ping.
  while (shown.length < events - 3) await settled();
  await settled();
  at.environment.pass(waitMs);
  await settled();

  const shownThen = shown.join("");
  storeTime = LEASE_MS + 1;
  await using other = await practice({ store: () => store, environment: steppedEnvironment({ prefix: "other" }), caching: "off" });
  const reopened = await other.chat.open(conversation.id);
  other.server.script("Going on.");
  const { outcome } = await reopened.send("Go on.").result;
  expect(outcome.type).toBe("completed");
  const sent = messagesOf(other.server.requests[0]!.body);
  const before = (await other.chat.open(conversation.id)).entries;
  hold.release();
  await reading;
  const after = (await other.chat.open(conversation.id)).entries;
  const { outcome: comeback, branchId } = await turn.result;
  const kept = (await other.chat.open(conversation.id, branchId)).entries.at(-1);
  return {
    shown: shownThen,
    found: sent.length === 3 ? text(sent[1]!.content) : "",
    comeback,
    kept: kept?.kind === "message" ? text(kept.content) : undefined,
    before,
    after,
  };
}

test.each([4, 5, 9])("of a reply that is killed 250 ms after event %i, all is found that had come", async (events) => {
  const { shown, found } = await killed(
    "A first part, and then a second part that is longer, and a third, and a fourth, and then one more that nobody has waited for, and even then there is no end to it.",
    { events, waitMs: 250 },
  );
  expect(shown).not.toBe("");
  expect(found).toBe(shown);
});

test.each([150, 250, 370, 900])("of a reply that is killed at once behind event %i, at most 4 KB are not found", async (events) => {
  const { shown, found } = await killed("Words and more words. ".repeat(1200), { events, waitMs: 0 });
  expect(shown.length).toBeGreaterThan(20 * (events - 3));
  expect(shown.startsWith(found)).toBe(true);
  expect(shown.length - found.length).toBeLessThanOrEqual(4096);
});

test("Law 8. A turn that comes back after it was taken for dead is told so, changes nothing of what another has stored since, and keeps its reply", async () => {
  const { comeback, kept, before, after } = await killed("A first part, and then a second part that is longer, and a third, and more.", {
    events: 5,
    waitMs: 250,
  });
  expect(comeback).toMatchObject({ type: "failed", failure: { code: "lease_lost", retryable: false } });
  expect(after).toEqual(before);
  expect(kept).toBe("A first part, and then a second part that is longer, and a third, and more.");
});
