import { describe, expect, test } from "vitest";
import { answer, boundary, call, human, made, reply, result, settings } from "../../test/builders.ts";
import { FakeEnvironment } from "../../test/fake-environment.ts";
import type { EntryBody, MessageEntry } from "../conversation/entry.ts";
import type { Outcome } from "../stop/outcome.ts";
import { BranchWriter } from "../store/branch-writer.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { leaveOut } from "./leave-out.ts";

const REFUSED: Outcome = { type: "refused", category: null, explanation: null, leftOut: [] };
const refusal = (usage = {}) => reply(["I"], { stopReason: "refusal", usage });

/** What is left out after a refusal at the end of this path, as the places of its entries. */
async function leftOut(...bodies: EntryBody[]) {
  const environment = new FakeEnvironment();
  const store = new MemoryStore();
  const key = { conversationId: "c", branchId: "b" };
  await store.create({ id: "c", branchId: "b", createdAt: 1, hashKey: "00" });
  const writer = new BranchWriter({ key, store, environment, path: [], tipSeq: 0 });
  const entries = await writer.append(...[settings(), ...bodies].map((body) => writer.draw(body)));
  const outcome = await leaveOut(writer, REFUSED, entries.at(-1) as MessageEntry);
  const last = writer.path.at(-1);
  if (last?.kind !== "boundary" || last.boundary.type !== "left-out" || outcome.type !== "refused") throw new Error("nothing was left out");
  expect(outcome.leftOut).toEqual(last.boundary.entryIds);
  return {
    seqs: last.boundary.entryIds.map((id) => entries.find((entry) => entry.id === id)!.seq),
    bill: last.bill,
    reason: last.boundary.reason,
  };
}

describe("after a refusal", () => {
  test("the reply and what it refused are left out, and the reason is stored", async () => {
    expect(await leftOut(human("one"), reply(["a"]), human("bad"), human("very bad"), refusal())).toMatchObject({
      seqs: [4, 5, 6],
      reason: "refusal",
    });
  });

  test("only the reply is, where a tool has answered since", async () => {
    expect(await leftOut(human("one"), reply([call("t1")], { stopReason: "tool_use" }), answer("t1"), refusal())).toMatchObject({
      seqs: [5],
    });
  });

  test("a late result stays, which answers no call, and what a person asked behind it goes", async () => {
    const round = [human("one"), reply([call("t1")], { stopReason: "tool_use" }), answer("t1", "out of time"), reply(["done"])];
    expect(await leftOut(...round, answer("t1", "late"), human("bad"), refusal())).toMatchObject({ seqs: [7, 8] });
  });

  test("the answer that repair made up for a call stays, and what a person asked in its place goes", async () => {
    const asked = [human("one"), reply([call("t1")], { stopReason: "tool_use" }), human("bad")];
    expect(await leftOut(...asked, made("user", result("t1", "interrupted")), refusal())).toMatchObject({ seqs: [4, 6] });
  });

  test("an instruction stays", async () => {
    expect(await leftOut(human("one"), reply(["a"]), made("system", "Be kind."), human("bad"), refusal())).toMatchObject({ seqs: [5, 6] });
  });

  test("what an earlier refusal left out is not left out twice", async () => {
    const earlier = boundary({ type: "left-out", entryIds: ["x"], reason: "refusal" });
    expect(await leftOut(human("bad"), refusal(), earlier, human("bad again"), refusal())).toMatchObject({ seqs: [5, 6] });
  });

  test("the bill is what its request wrote to the cache, where its question goes too", async () => {
    const usage = { cache_creation_input_tokens: 70, cache_read_input_tokens: 9 };
    expect((await leftOut(human("bad"), refusal(usage))).bill).toEqual({ thinkingBlocks: 0, cachedTokens: 70, toolPairs: 0 });
    expect((await leftOut(reply([call("t1")]), answer("t1"), refusal(usage))).bill).toEqual({
      thinkingBlocks: 0,
      cachedTokens: 0,
      toolPairs: 0,
    });
  });
});
