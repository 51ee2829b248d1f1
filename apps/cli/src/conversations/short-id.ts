import type { ConversationStore } from "@antiphon/core";

const LENGTH_MIN = 8;

/** The start of an id that tells it from every other conversation of the store; 8 characters, more where they are needed. */
export async function shortId(store: ConversationStore, id: string): Promise<string> {
  for (let length = LENGTH_MIN; length < id.length; length += 4) {
    const idPrefix = id.slice(0, length);
    const { conversations } = await store.list({ idPrefix, limit: 2 });
    if (conversations.length < 2) return idPrefix;
  }
  return id;
}
