import { AntiphonError } from "../errors.ts";
import type { BranchWriter } from "../store/branch-writer.ts";

/**
 * Refuses to extend a branch that has grown since this handle read it: what its holder is about to add would answer
 * something that they have not seen. The news are in the handle's path afterwards, so that a second try goes on from there.
 */
export async function requireSameTip(writer: BranchWriter): Promise<void> {
  const news = await writer.catchUp();
  if (news.length === 0) return;
  throw tipMoved(
    writer,
    `Another writer added ${news.length} entries to conversation ${writer.key.conversationId} since it was opened here. Read them and try again, or fork.`,
    news.length,
  );
}

/**
 * The same for a reply, where the part of another that a dead turn had left became an entry just now: it was asked for on a path
 * without that part, and its thinking is bound to that path.
 */
export function requireNothingRecovered(writer: BranchWriter, recoveredId: string | undefined): void {
  if (recoveredId === undefined) return;
  throw tipMoved(
    writer,
    `A turn that died in conversation ${writer.key.conversationId} had left a part of a reply, which is entry ${recoveredId} now. The reply was made without it: look at the path, make its request again and record what comes.`,
    1,
  );
}

function tipMoved({ key, tipSeq }: BranchWriter, message: string, entries: number): AntiphonError {
  return new AntiphonError("tip_moved", message, { details: { ...key, tipSeq, entries } });
}
