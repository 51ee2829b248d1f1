import { expect, test } from "vitest";
import { MemoryStore } from "./memory-store.ts";

const place = { conversationId: "c", branchId: "b" };

async function storeWithOneMessage() {
  const store = new MemoryStore();
  await store.create({ id: "c", branchId: "b", createdAt: 1, hashKey: "00" });
  const block = { type: "text", text: "hello" };
  await store.append({
    ...place,
    expectedTip: 0,
    at: 1,
    entries: [{ id: "e1", createdAt: 1, kind: "message", role: "user", content: [block], origin: "human" }],
  });
  return { store, block };
}

test("what a caller does to an object it handed in changes nothing that is stored", async () => {
  const { store, block } = await storeWithOneMessage();
  block.text = "changed";
  expect(await Array.fromAsync(store.read(place))).toMatchObject([{ content: [{ text: "hello" }] }]);
});

test("what the store gives back is frozen to its depth", async () => {
  const { store } = await storeWithOneMessage();
  const [entry] = await Array.fromAsync(store.read(place));
  if (entry?.kind !== "message") throw new Error("the message is not there");
  expect(() => Object.assign(entry.content[0] ?? {}, { text: "changed" })).toThrow(TypeError);
  const record = await store.open("c");
  if (record === undefined) throw new Error("the conversation is not there");
  expect(() => ((record.metadata as Record<string, string>)["name"] = "changed")).toThrow(TypeError);
});
