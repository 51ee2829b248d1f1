import { MemoryStore, type RunnableTool } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { describe, expect, test } from "vitest";
import { type BreakingStore, breakingStore } from "./breaking-store.ts";
import { goOn, practice, spoken } from "./practice.ts";

const LEASE_MS = 10_000;

async function breaking() {
  const runs: string[] = [];
  const tool: RunnableTool = {
    name: "note",
    input_schema: { type: "object" },
    run: (_input, { toolUse: call }) => (runs.push(call.id), "noted"),
  };
  const at = await practice({ tools: [tool], store: ({ now }) => breakingStore(new MemoryStore({ now })) });
  const conversation = await at.start();
  at.server.script(
    { content: [{ type: "text", text: "Noting." }, toolUse("note", {}, "toolu_1"), toolUse("note", {}, "toolu_2")] },
    "Noted.",
  );
  return { at, conversation, runs, store: at.store as BreakingStore };
}

describe.each([false, true])("a store that dies at a write (the write done: %s)", (lastIsDone) => {
  test("ends the turn as failed and never by a throw, and whoever opens the conversation again can go on", async () => {
    let died = 0;
    for (let writes = 0; ; writes += 1) {
      const { at, conversation, runs, store } = await breaking();
      await using _server = at;
      store.breakAfter(writes, lastIsDone);
      const turn = conversation.send("Begin.");
      const accepted = await turn.accepted.then(
        () => true,
        () => false,
      );
      const { outcome } = await turn.result;
      if (outcome.type === "completed") break;
      died += 1;
      expect(outcome).toMatchObject({ type: "failed", failure: { code: "store_failed", retryable: true } });
      store.heal();
      at.environment.pass(LEASE_MS + 1);
      at.server.script(...Array.from({ length: at.server.scripted }, () => "Unused."));
      const reopened = await at.chat.open(conversation.id);
      const sent = await goOnQuietly(at, reopened);
      if (accepted) expect(sent[0]).toMatch(/^user: Begin\./);
      expect(new Set(runs).size).toBe(runs.length);
    }
    // The lease, the input, the reply, two starts and two results, the second reply; a lease that is not given back runs out.
    expect(died).toBe(8);
  });
});

test("a store that dies while a draft is written fails the turn, and what was written is recovered", async () => {
  await using at = await practice({ store: ({ now }) => breakingStore(new MemoryStore({ now })) });
  const store = at.store as BreakingStore;
  const conversation = await at.start();
  at.server.script({
    content: "A first part, and then a second part that is longer than the first.",
    faults: [{ kind: "silence", at: { afterEvents: 5 } }],
  });
  const turn = conversation.send("Begin.");
  for await (const event of turn) if (event.type === "text-delta") break;
  at.environment.pass(100);
  const before = store.writes;
  while (store.writes === before) await new Promise((resolve) => setImmediate(resolve));
  store.breakAfter(0);
  at.environment.pass(LEASE_MS);
  expect((await turn.result).outcome).toMatchObject({ type: "failed" });
  store.heal();
  at.environment.pass(LEASE_MS + 1);
  expect(spoken(await goOn(at, await at.chat.open(conversation.id)))[1]).toMatch(/^assistant: A first part/);
});

test("a call whose tool ran and whose result could not be stored is not run again by resume, but answered as one that may have taken effect", async () => {
  const { at, conversation, runs, store } = await breaking();
  await using _server = at;
  // The lease, the input, the reply, and the starts of both calls.
  store.breakAfter(5);
  expect((await conversation.send("Begin.").result).outcome).toMatchObject({ type: "failed", failure: { code: "store_failed" } });
  expect(runs).toEqual(["toolu_1", "toolu_2"]);
  store.heal();
  at.environment.pass(LEASE_MS + 1);
  const reopened = await at.chat.open(conversation.id);
  expect(await reopened.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "Noted." });
  expect(runs).toEqual(["toolu_1", "toolu_2"]);
  expect(JSON.stringify(at.server.requests[1]!.body).match(/It had started, so it may have taken effect/g)).toHaveLength(2);
});

test("a call that was not started before the store died is run by resume, once", async () => {
  const { at, conversation, runs, store } = await breaking();
  await using _server = at;
  store.breakAfter(2, true);
  await conversation.send("Begin.").result;
  expect(runs).toEqual([]);
  store.heal();
  at.environment.pass(LEASE_MS + 1);
  expect((await (await at.chat.open(conversation.id)).resume().result).outcome.type).toBe("completed");
  expect(runs).toEqual(["toolu_1", "toolu_2"]);
});

test("a refused reply whose boundary could not be stored is not sent either", async () => {
  await using at = await practice({ store: ({ now }) => breakingStore(new MemoryStore({ now })) });
  const conversation = await at.start();
  at.server.script({ content: "I cannot", stop_reason: "refusal" });
  (at.store as BreakingStore).breakAfter(2, true);
  expect((await conversation.send("Begin.").result).outcome).toMatchObject({ type: "failed" });
  (at.store as BreakingStore).heal();
  at.environment.pass(LEASE_MS + 1);
  expect(spoken(await goOn(at, await at.chat.open(conversation.id)))).toEqual(["user: Begin. | Go on."]);
});

/** Goes on with whatever is left of the script still in the way. */
async function goOnQuietly(
  at: Awaited<ReturnType<typeof practice>>,
  conversation: Awaited<ReturnType<typeof at.chat.open>>,
): Promise<readonly string[]> {
  while (at.server.scripted > 0) {
    const { outcome } = await conversation.send("Still there?").result;
    expect(outcome.type).toBe("completed");
  }
  return spoken(await goOn(at, conversation));
}
