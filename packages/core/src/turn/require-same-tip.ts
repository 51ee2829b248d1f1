import { AntiphonError } from "../errors.ts";
import type { BranchWriter } from "../store/branch-writer.ts";

/**
 * Refuses to extend a branch that has grown since this handle read it: what its holder is about to add would answer
 * something that they have not seen. The news are in the handle's path afterwards, so that a second try goes on from there.
 */
export async function requireSameTip(writer: BranchWriter): Promise<void> {
  const news = await writer.catchUp();
  if (news.length === 0) return;
  throw new AntiphonError(
    "tip_moved",
    `Another writer added ${news.length} entries to conversation ${writer.key.conversationId} since it was opened here. Read them and try again, or fork.`,
    { details: { ...writer.key, tipSeq: writer.tipSeq, entries: news.length } },
  );
}
