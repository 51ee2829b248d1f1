import { definePrices, formatDollars, MemoryUsageLedger, usageOf } from "@antiphon/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { practice, replies, say } from "./practice.ts";

const total = (sums: Iterable<{ readonly requests: number }>) => [...sums].reduce((sum, { requests }) => sum + requests, 0);

test("a conversation's usage is that of every request once: regenerated, refused and forked-off replies count, shared ones not twice", async () => {
  await using at = await practice();
  const conversation = await at.start();
  await say(conversation, "One.");
  await say(conversation, "Two.");
  await (
    await conversation.regenerate()
  ).result;
  at.server.script({ content: "I", stop_reason: "refusal" });
  await say(conversation, "Three.");
  const fork = await conversation.fork(replies(conversation)[0]!.id);
  await say(fork, "Four.");
  const usage = await fork.usage();
  expect(usage.conversation.requests).toBe(at.server.requests.length);
  expect(usage.conversation.requests).toBe(5);
  expect([...usage.branches.values()].map(({ requests }) => requests)).toEqual([2, 2, 1]);
  expect([...usage.turns.values()].map(({ requests }) => requests).toSorted((a, b) => a - b)).toEqual([1, 1, 1, 2]);
  expect(usage.path).toMatchObject(usageOf(fork.entries));
  expect(usage.path.requests).toBe(2);
});

test("each part has its cost, by the caller's prices where there are some", async () => {
  await using at = await practice();
  const conversation = await at.start({ model: "claude-opus-5" });
  at.server.script({ content: "Hi.", usage: { input_tokens: 100, output_tokens: 10 } });
  await say(conversation, "Hello.");
  const listed = (await conversation.usage()).conversation.cost;
  expect(formatDollars(listed.picoDollars!)).toBe("0.00075");
  const prices = definePrices({
    models: { "claude-opus-5": [{ source: "a contract", input: "1", output: "1", cacheRead: "1", cacheWrite5m: "1", cacheWrite1h: "1" }] },
    serverTools: {},
    serviceTiers: { standard: [1, 1] },
    inferenceGeos: { global: [1, 1] },
  });
  const { conversation: whole, branches } = await conversation.usage({ prices });
  expect(formatDollars(whole.cost.picoDollars!)).toBe("0.00011");
  expect(branches.get(conversation.branchId)?.cost).toEqual(whole.cost);
});

test("requests that left no entry are in it where there is a ledger, and nowhere else", async () => {
  for (const ledger of [new MemoryUsageLedger(), undefined]) {
    await using at = await practice(ledger && { ledger });
    const conversation = await at.start();
    at.server.script({ error: { status: 529, type: "overloaded_error", message: "Overloaded" } });
    await say(conversation, "Hello.");
    await say(conversation, "Hello?");
    const { conversation: whole, turns } = await conversation.usage();
    expect([whole.requests, whole.unfinished]).toEqual(ledger ? [2, 1] : [1, 0]);
    expect(total(turns.values())).toBe(whole.requests);
  }
});

test("branches, and turns, are disjoint and together the conversation, whatever was done in it", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("say", "regenerate", "undo", "fork", "refused"), { maxLength: 8 }), async (steps) => {
      await using at = await practice();
      let conversation = await at.start();
      await say(conversation);
      for (const step of steps) {
        if (step === "say") await say(conversation);
        if (step === "refused") {
          at.server.script({ content: "I", stop_reason: "refusal" });
          await say(conversation);
        }
        const said = replies(conversation);
        if (step === "regenerate" && said.length > 0) await (await conversation.regenerate()).result;
        if (step === "undo" && said.length > 0) await conversation.undo();
        if (step === "fork" && said.length > 0) conversation = await conversation.fork(said[0]!.id);
      }
      const usage = await conversation.usage();
      expect(usage.conversation.requests).toBe(at.server.requests.length);
      expect(total(usage.branches.values())).toBe(usage.conversation.requests);
      expect(total(usage.turns.values())).toBe(usage.conversation.requests);
      expect(usage.path).toMatchObject(usageOf(conversation.entries));
    }),
    { numRuns: 30 },
  ));
