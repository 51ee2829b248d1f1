import { AntiphonError } from "../errors.ts";
import type { BranchKey, ConversationRecord, NewBranch } from "./conversation-store.ts";
import { quoted as shown } from "../quoted.ts";

/** The errors that the store contract names, worded once, so that every store says the same for the same thing. */
export const storeErrors = {
  noConversation(conversationId: string): AntiphonError {
    return new AntiphonError("not_found", `There is no conversation ${quoted(conversationId)}. List the conversations to find its id.`, {
      details: { conversationId },
    });
  },

  noBranch({ conversationId, branchId }: BranchKey): AntiphonError {
    return new AntiphonError(
      "not_found",
      `Conversation ${quoted(conversationId)} has no branch ${quoted(branchId)}. Open the conversation to see its branches.`,
      { details: { conversationId, branchId } },
    );
  },

  noEntryToForkAt({ conversationId, parentBranchId, forkSeq }: NewBranch, tipSeq: number): AntiphonError {
    return new AntiphonError(
      "not_found",
      `Branch ${quoted(parentBranchId)} has no entry ${forkSeq} to fork at: its tip is ${tipSeq}. Fork at 0 to ${tipSeq}.`,
      { details: { conversationId, branchId: parentBranchId, forkSeq, tipSeq } },
    );
  },

  conversationTaken(conversationId: string): AntiphonError {
    return new AntiphonError(
      "already_exists",
      `The conversation id ${quoted(conversationId)} is taken by another conversation. Make a new id.`,
      {
        details: { conversationId },
      },
    );
  },

  branchTaken({ conversationId, branchId }: BranchKey): AntiphonError {
    return new AntiphonError(
      "already_exists",
      `The branch id ${quoted(branchId)} is taken by another branch of conversation ${quoted(conversationId)}. Make a new id.`,
      { details: { conversationId, branchId } },
    );
  },

  tipMoved({ conversationId, branchId }: BranchKey, expectedTip: number, tipSeq: number): AntiphonError {
    return new AntiphonError(
      "tip_moved",
      `The tip of branch ${quoted(branchId)} is entry ${tipSeq}, not ${expectedTip}: another writer was first. Nothing was stored. Read on from ${expectedTip}, or fork there.`,
      { details: { conversationId, branchId, expectedTip, tipSeq } },
    );
  },

  headMoved({ id, headBranchId }: Pick<ConversationRecord, "id" | "headBranchId">, from: string): AntiphonError {
    return new AntiphonError(
      "tip_moved",
      `The head of conversation ${quoted(id)} is branch ${quoted(headBranchId)}, not ${quoted(from)}: another writer moved it. Open it again, then move the head from there.`,
      { details: { conversationId: id, from, headBranchId } },
    );
  },

  leaseLost({ conversationId, branchId }: BranchKey, fence: number, newestFence: number | undefined): AntiphonError {
    return new AntiphonError(
      "lease_lost",
      `The lease ${fence} on branch ${quoted(branchId)} is no longer held${newestFence !== undefined && newestFence > fence ? `: lease ${newestFence} followed it` : ""}. Nothing was stored. Stop this turn; take a new lease to go on.`,
      { details: { conversationId, branchId, fence, newestFence } },
    );
  },

  badListQuery(field: keyof typeof QUERY_REMEDIES, value: unknown): AntiphonError {
    return new AntiphonError("invalid_input", `list() cannot use the ${field} ${shown(value)}. ${QUERY_REMEDIES[field]}`, {
      details: { [field]: value },
    });
  },

  notJson(cause: unknown): AntiphonError {
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    return new AntiphonError(
      "invalid_input",
      `An entry cannot be stored, because JSON cannot carry it: ${reason}. Nothing was stored. Use plain objects, lists, text, numbers.`,
      {
        cause,
      },
    );
  },

  closed(): AntiphonError {
    return new AntiphonError("store_closed", "The store was closed. Open it again before using it.");
  },
};

const QUERY_REMEDIES = {
  limit: "Give a whole number from 1 to 1000.",
  cursor: "Give the cursor of the page before, unchanged, or none.",
  idPrefix: "Give a text, or none.",
  metadata: "Give an object of texts, or none.",
};

/** Ids come from callers: a line break in one must not break the one line of the message. */
function quoted(id: string): string {
  return JSON.stringify(id);
}
