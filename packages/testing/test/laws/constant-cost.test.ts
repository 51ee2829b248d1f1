import { antiphon, type Conversation, MemoryStore, type NewEntry } from "@antiphon/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { steppedEnvironment } from "../engine/stepped-environment.ts";
import { countingStore, type StoreCount } from "./counting-store.ts";

const LENGTH_MAX = 1_000;
const RUNS = 20;

/** What an operation asks of the store, by name. */
type Costs = Readonly<Record<string, StoreCount>>;

test(
  "Law 9. Constant cost: appending, forking, a turn and reading the last 50 ask the same of a store at any length",
  { timeout: 60_000 },
  async () => {
    const short = await costsAt(60, 0.5);
    expect(short["append"]!.calls["append"]).toBe(1);
    expect([short["fork"]!.calls["fork"], short["fork"]!.entriesRead]).toEqual([1, 0]);
    expect(short["the last 50"]).toEqual({ calls: { read: 1 }, entriesRead: 50 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60, max: LENGTH_MAX }), fc.double({ min: 0, max: 1, noNaN: true }), async (length, place) => {
        expect(await costsAt(length, place)).toEqual(short);
      }),
      { numRuns: RUNS },
    );
  },
);

test("what is counted is told apart", async () => {
  const { store, take } = countingStore(new MemoryStore());
  await store.create({ id: "c", branchId: "b", createdAt: 0, hashKey: "", entries: entriesOf(3) });
  take();
  for await (const entry of store.read({ conversationId: "c", branchId: "b" })) expect(entry.kind).toBe("message");
  expect(take()).toEqual({ calls: { read: 1 }, entriesRead: 3 });
});

/** `place`: how far along the path it is forked, from its beginning to its end. */
async function costsAt(length: number, place: number): Promise<Costs> {
  const environment = steppedEnvironment();
  const { store, take } = countingStore(new MemoryStore({ now: environment.now }));
  const reply = { content: [{ type: "text", text: "Yes." }], stop_reason: "end_turn", model: "claude-sonnet-5-5", usage: {} };
  const chat = antiphon({ client: { messages: { create: () => Promise.resolve(reply) } }, store, environment });
  const { id, branchId } = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 16 });
  await store.append({ conversationId: id, branchId, expectedTip: 1, entries: entriesOf(length - 1), at: 0 });
  const conversation = await chat.open(id);
  const entry = conversation.entries[Math.min(length - 1, Math.floor(place * length))]!;
  const costs: Record<string, StoreCount> = {};
  for (const [name, work] of Object.entries(operations(conversation, entry.id))) {
    take();
    await work();
    costs[name] = take();
  }
  take();
  let read = 0;
  for await (const _entry of store.read({ conversationId: id, branchId, last: 50 })) read += 1;
  expect(read).toBe(50);
  return { ...costs, "the last 50": take() };
}

function operations(conversation: Conversation, entryId: string): Readonly<Record<string, () => Promise<unknown>>> {
  return {
    append: () => conversation.append({ role: "user", content: "One more." }),
    turn: () => conversation.send("And?", { streaming: false }).result,
    settings: () => conversation.update({ max_tokens: 32 }),
    fork: () => conversation.fork(entryId),
    undo: () => conversation.undo(),
  };
}

function entriesOf(count: number): readonly NewEntry[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `e${at}`,
    createdAt: 0,
    kind: "message" as const,
    role: at % 2 === 0 ? ("user" as const) : ("assistant" as const),
    origin: "imported" as const,
    content: [{ type: "text", text: `Message ${at}.` }],
  }));
}
