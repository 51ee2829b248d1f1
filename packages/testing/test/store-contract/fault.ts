import type { Append, ConversationStore, Entry, MemoryStore, ReadQuery } from "@antiphon/core";

/** One fault, and the check that is meant for it, by a part of its name. */
export interface Fault {
  /** What the broken store does, after "a store that". */
  readonly fault: string;
  readonly found: string;
  /** The methods that answer wrongly with this fault, over a store that is sound. */
  readonly breaks: (sound: MemoryStore, now: () => number) => Partial<ConversationStore>;
}

export async function tipOf(
  store: ConversationStore,
  { conversationId, branchId }: Pick<Append, "conversationId" | "branchId">,
): Promise<number> {
  return (await store.open(conversationId))?.branches.find(({ id }) => id === branchId)?.tipSeq ?? 0;
}

export function all(store: ConversationStore, { conversationId, branchId }: ReadQuery): Promise<Entry[]> {
  return Array.fromAsync(store.read({ conversationId, branchId }));
}

export async function* mapped(store: ConversationStore, query: ReadQuery, change: (entry: Entry) => Entry): AsyncGenerator<Entry> {
  for await (const entry of store.read(query)) yield change(entry);
}

export function sortedKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sortedKeys);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sortedKeys(part)]),
  );
}

export function mapStrings(value: unknown, change: (text: string) => string): unknown {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === "string" ? change(part) : part));
}
