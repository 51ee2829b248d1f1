import { antiphon, type ConversationStore, type ConversationRequest, type Entry } from "@antiphon/core";

const NOWHERE = { messages: { create: () => Promise.reject(new Error("Nothing is sent from here.")) } };
const BRANCH = "plain";

/** The request that a path stands for, made anew from its first entry on by a process that knows nothing else. */
export async function plainRequest(path: readonly Entry[], conversation: { readonly hashKey: string }): Promise<ConversationRequest> {
  const opened = await antiphon({ client: NOWHERE, store: storeOf(path, conversation.hashKey) }).open("plain");
  return opened.request();
}

/** A store that holds this path and nothing else, to be read. */
function storeOf(path: readonly Entry[], hashKey: string): ConversationStore {
  const branches = [{ id: BRANCH, forkSeq: 0, tipSeq: path.length, createdAt: 0 }];
  const record = { id: "plain", createdAt: 0, usedAt: 0, hashKey, headBranchId: BRANCH, metadata: {}, branches };
  const open = async () => record;
  async function* read(): AsyncIterable<Entry> {
    yield* path;
  }
  return { open, read } as Partial<ConversationStore> as ConversationStore;
}
