import { replayDraft } from "../messages/draft-log.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import type { ConversationStore } from "../store/conversation-store.ts";
import type { DraftHead } from "./draft-writer.ts";

/**
 * Makes an entry of the part of a reply that a turn left behind when its process died, and returns its id. Only for whoever
 * holds the lease: without it the draft may still be growing.
 */
export async function recoverDraft(store: ConversationStore, writer: BranchWriter): Promise<string | undefined> {
  const draft = await store.readDraft(writer.key);
  if (draft === undefined || draft.afterSeq !== writer.tipSeq) return undefined;
  const replayed = replayDraft(draft.chunks);
  if (replayed === undefined || replayed.content.length === 0) return undefined;
  const { prefixHash, madeFor, requestId } = readHead(draft.chunks[0]);
  const { facts, partialInputs, rawDeltas } = replayed;
  const reply = {
    ...facts,
    ...(partialInputs && { partialInputs }),
    ...(rawDeltas && { rawDeltas }),
    ...(prefixHash !== undefined && { prefixHash }),
    ...(madeFor !== undefined && { madeFor }),
    ...(requestId !== undefined && { requestId }),
  };
  const body = { kind: "message", role: "assistant", content: replayed.content, origin: "model", reply } as const;
  // Under an id of its own: the turn that left it may not be dead, and under its id its own reply would pass for stored.
  const [entry] = await writer.append(writer.draw(body));
  return entry!.id;
}

function readHead(chunk: string | undefined): Partial<DraftHead> {
  try {
    const head = JSON.parse(chunk?.split("\n", 1)[0] ?? "{}") as { type?: unknown } & Partial<DraftHead>;
    return head.type === "draft" ? head : {};
  } catch {
    return {};
  }
}
