import { describe, expect, test } from "vitest";
import { human } from "../../test/builders.ts";
import { FakeEnvironment, settle } from "../../test/fake-environment.ts";
import { says, start, startBlock } from "../../test/stream-events.ts";
import { replayDraft } from "../messages/draft-log.ts";
import { ReplyFold, type StreamEvent } from "../messages/fold.ts";
import { BranchWriter } from "../store/branch-writer.ts";
import type { Append } from "../store/conversation-store.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { DraftWriter } from "./draft-writer.ts";

const KEY = { conversationId: "c", branchId: "b" };

/** A store whose writes wait until they are let through, or fail. */
class SlowStore extends MemoryStore {
  readonly waiting: { go(): void; fail(error: Error): void }[] = [];
  slow = false;

  override async append(append: Append) {
    if (this.slow) {
      await new Promise<void>((go, fail) => {
        this.waiting.push({ go, fail });
      });
    }
    return super.append(append);
  }
}

async function begin() {
  const store = new SlowStore();
  const environment = new FakeEnvironment();
  await store.create({ id: "c", branchId: "b", createdAt: 1, hashKey: "00" });
  const writer = new BranchWriter({ key: KEY, store, environment, path: [], tipSeq: 0 });
  const fold = new ReplyFold();
  const draft = new DraftWriter({ writer, environment, draftId: "d", head: { prefixHash: "ab", requestId: "req_1" }, fold });
  const push = (event: StreamEvent) => draft.add(event, fold.push(event));
  const add = (event: StreamEvent) => {
    void push(event);
  };
  const stored = async () => (await store.readDraft(KEY))?.chunks ?? [];
  return { store, environment, writer, draft, push, add, stored };
}

const textOf = (chunks: readonly string[]) => (replayDraft(chunks)?.content[0] as { text?: string } | undefined)?.text;

describe("a draft", () => {
  test("is at most 100 ms behind what has arrived", async () => {
    const { environment, add, stored } = await begin();
    add(start());
    add(startBlock(0, { type: "text", text: "" }));
    add(says(0, "Hello"));
    await environment.pass(99);
    expect(await stored()).toEqual([]);
    await environment.pass(1);
    expect(textOf(await stored())).toBe("Hello");
  });

  test("is at most 4 KB behind, whatever the clock says", async () => {
    const { add, stored } = await begin();
    add(start());
    add(startBlock(0, { type: "text", text: "" }));
    add(says(0, "x".repeat(4096)));
    await settle();
    expect(textOf(await stored())).toBe("x".repeat(4096));
  });

  test("begins with what its entry needs and no event says", async () => {
    const { environment, add, stored } = await begin();
    add(start());
    await environment.pass(100);
    add(startBlock(0, { type: "text", text: "" }));
    await environment.pass(100);
    const chunks = await stored();
    expect(chunks).toHaveLength(2);
    expect(JSON.parse(chunks[0]!.split("\n")[0]!)).toEqual({ type: "draft", prefixHash: "ab", requestId: "req_1" });
    expect(chunks[1]).not.toContain("prefixHash");
  });

  test("holds the stream up only where the store is still at it and 4 KB more have come", async () => {
    const { store, push, add } = await begin();
    store.slow = true;
    add(start());
    add(startBlock(0, { type: "text", text: "" }));
    expect(push(says(0, "x".repeat(4096)))).toBeUndefined();
    await settle();
    expect(push(says(0, "a little"))).toBeUndefined();
    const behind = push(says(0, "y".repeat(4096)));
    expect(behind).toBeInstanceOf(Promise);
    store.waiting.shift()!.go();
    await behind;
  });

  test("writes nothing any more once it was stopped, and leaves no timer", async () => {
    const { store, environment, add, writer, draft, stored } = await begin();
    store.slow = true;
    add(start());
    add(startBlock(0, { type: "text", text: "" }));
    await environment.pass(100);
    add(says(0, "came while the store was at it"));
    await environment.pass(100);
    const stopped = draft.stop();
    store.waiting.shift()!.go();
    await stopped;
    expect(environment.pending).toBe(0);
    store.slow = false;
    await writer.append(writer.draw(human("the reply itself")));
    await environment.pass(1000);
    expect(await stored()).toEqual([]);
  });

  test("tells the stream of a failed write at its next event, and writes nothing behind the hole", async () => {
    const { store, environment, add, draft, stored } = await begin();
    store.slow = true;
    add(start());
    await environment.pass(100);
    add(startBlock(0, { type: "text", text: "" }));
    store.waiting.shift()!.fail(new Error("the disk is gone"));
    store.slow = false;
    await environment.pass(1000);
    expect(await stored()).toEqual([]);
    expect(() => add(says(0, "more"))).toThrow("the disk is gone");
    await draft.stop();
  });
});
