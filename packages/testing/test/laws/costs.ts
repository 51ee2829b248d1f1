import { antiphon, type Conversation, MemoryStore, type NewEntry } from "@antiphon/core";
import { steppedEnvironment } from "../engine/stepped-environment.ts";
import { countingStore, type StoreCount } from "./counting-store.ts";

/** What an operation asks of the store, by name. */
type Costs = Readonly<Record<string, StoreCount>>;

/** `place`: how far along the path it is forked, from its beginning to its end. */
export async function costsAt(length: number, place: number): Promise<Costs> {
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
  await Array.fromAsync(store.read({ conversationId: id, branchId, last: 50 }));
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

export function entriesOf(count: number): readonly NewEntry[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `e${at}`,
    createdAt: 0,
    kind: "message" as const,
    role: at % 2 === 0 ? ("user" as const) : ("assistant" as const),
    origin: "imported" as const,
    content: [{ type: "text", text: `Message ${at}.` }],
  }));
}
