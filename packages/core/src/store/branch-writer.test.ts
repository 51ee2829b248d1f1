import { describe, expect, test } from "vitest";
import { human, made, settings } from "../../test/builders.ts";
import { FakeEnvironment } from "../../test/fake-environment.ts";
import type { MessageEntry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { BranchWriter } from "./branch-writer.ts";
import type { Append } from "./conversation-store.ts";
import { MemoryStore } from "./memory-store.ts";

const PLACE = { conversationId: "c", branchId: "b" };

async function begin() {
  const environment = new FakeEnvironment();
  const store = new MemoryStore({ now: () => environment.now() });
  await store.create({ id: "c", branchId: "b", createdAt: 1, hashKey: "00" });
  const open = () => BranchWriter.load(PLACE, store, environment);
  const stored = () => Array.fromAsync(store.read(PLACE));
  return { store, open, stored };
}

describe("the path of a writer", () => {
  test("is what the store has, whatever order writes are asked for in one breath", async () => {
    const { open, stored } = await begin();
    const writer = await open();
    const writes = ["one", "two", "three"].map((text) => writer.append(writer.draw(human(text))));
    await Promise.all(writes);
    expect(writer.path).toEqual(await stored());
    expect(writer.path.map((entry) => entry.kind === "message" && entry.content[0]?.text)).toEqual(["one", "two", "three"]);
    expect(writer.tipSeq).toBe(3);
  });

  test("is what the store has, and nobody can change it from outside", async () => {
    const { open, stored } = await begin();
    const writer = await open();
    const block = { type: "text", text: "before", note: undefined };
    const [entry] = await writer.append(writer.draw(human(block)));
    block.text = "after";
    expect(writer.path).toStrictEqual(await stored());
    expect(() => Object.assign((entry as MessageEntry).content[0]!, { text: "after" })).toThrow(TypeError);
  });

  test("is as the store has it after a write that failed, and the next write goes on", async () => {
    const { store, open, stored } = await begin();
    const writer = await open();
    await writer.append(writer.draw(settings()));
    const append = store.append.bind(store);
    store.append = async () => {
      throw new Error("the disk is full");
    };
    await expect(writer.append(writer.draw(human("lost")))).rejects.toThrow("the disk is full");
    expect(writer.path).toEqual(await stored());
    store.append = append;
    await writer.append(writer.draw(human("kept")));
    expect(writer.path).toEqual(await stored());
  });

  test("rejects what cannot be written, and stores nothing", async () => {
    const { open, stored } = await begin();
    const writer = await open();
    await expect(writer.append(writer.draw(human({ type: "text", text: 7n })))).rejects.toThrow(TypeError);
    expect(await stored()).toEqual([]);
  });
});

test("several entries are stored in one go, at neighbouring places", async () => {
  const { store, open } = await begin();
  const writer = await open();
  const appends: Append[] = [];
  const append = store.append.bind(store);
  store.append = (asked) => {
    appends.push(asked);
    return append(asked);
  };
  const entries = await writer.append(writer.draw(settings()), writer.draw(made("user", "a")));
  expect(entries.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(appends).toHaveLength(1);
});

test("writes carry the fencing token of the lease that is held, and none after it", async () => {
  const { store, open } = await begin();
  const writer = await open();
  const old = await store.acquireLease({ ...PLACE, holder: "a", ttlMs: 1 });
  writer.hold(old);
  await store.acquireLease({ ...PLACE, holder: "a", ttlMs: 1 });
  await expect(writer.append(writer.draw(human("late")))).rejects.toMatchObject({ code: "lease_lost" });
  writer.hold(undefined);
  expect(await writer.append(writer.draw(human("free")))).toHaveLength(1);
});

test("Law 8. Whoever comes second is told, and what it wrote is on a branch of its own", async () => {
  const { store, open } = await begin();
  const [first, second] = [await open(), await open()];
  await first.append(first.draw(human("first")));
  const late = await second.append(second.draw(human("second"))).catch((error: unknown) => error);
  expect(late).toMatchObject({ code: "tip_moved", details: { keptOnBranchId: second.key.branchId } });
  expect(second.key.branchId).not.toBe(first.key.branchId);
  await second.append(second.draw(human("third")));
  const branch = await BranchWriter.load(second.key, store, new FakeEnvironment());
  expect(branch.path.map((entry) => entry.kind === "message" && entry.content[0]?.text)).toEqual(["second", "third"]);
  expect(branch.path).toEqual(second.path);
  expect((await open()).path).toEqual(first.path);
});

test("where even a branch of its own cannot be made, the store's error is the answer", async () => {
  const { store, open } = await begin();
  const [first, second] = [await open(), await open()];
  await first.append(first.draw(human("first")));
  store.fork = () => Promise.reject(new AntiphonError("store_full", "full"));
  await expect(second.append(second.draw(human("second")))).rejects.toMatchObject({ code: "store_full" });
  expect(second.path).toEqual([]);
});

test("a draft stands beside the tip and goes when its entry comes", async () => {
  const { store, open } = await begin();
  const writer = await open();
  await writer.writeDraft({ draftId: "d", number: 0, text: "so f" });
  expect(await store.readDraft(PLACE)).toEqual({ draftId: "d", afterSeq: 0, chunks: ["so f"] });
  await writer.append(writer.draw(made("assistant", "so far"), "d"));
  expect(await store.readDraft(PLACE)).toBeUndefined();
});
