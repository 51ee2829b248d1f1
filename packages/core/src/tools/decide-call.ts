import { callRecord, isBetweenCalls } from "../conversation/call-record.ts";
import type { ApprovalBody, EntryOf, MessageEntry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { toolCalls } from "../messages/text.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { isInherited } from "../turn/open-reply.ts";
import { ownId } from "../own-options.ts";

/** A person's word on a call. */
export interface Decision {
  readonly toolUseId: string;
  readonly verdict: Exclude<ApprovalBody["verdict"], "ask">;
  readonly reason?: string | undefined;
  /** Of the reason, at most: the model is told a denial's as the result of the call. */
  readonly charsMax: number;
}

/**
 * Stores a person's word on a call that waits for it. The same word twice is one entry. Errors: `not_found` for a call that is not on
 * the path, `invalid_input` for one that does not wait for a word.
 */
export async function decideCall(writer: BranchWriter, { toolUseId, verdict, reason, charsMax }: Decision): Promise<EntryOf<"approval">> {
  const { path, key } = writer;
  ownId(toolUseId, "tool call");
  const at = path.findLastIndex((entry) => entry.kind === "message" && toolCalls(entry.content).some(({ id }) => id === toolUseId));
  if (at === -1) {
    throw new AntiphonError(
      "not_found",
      `There is no tool call ${toolUseId} on the path of branch ${key.branchId}. Name one that the outcome or \`approval-needed\` named.`,
    );
  }
  const behind = path.slice(at + 1);
  const { answered, approval } = callRecord(behind, toolUseId);
  if (approval?.verdict === verdict) return approval;
  if (approval === undefined)
    throw invalid(`The tool call ${toolUseId} does not wait for approval. Resume the conversation to see what it waits for.`);
  if (approval.verdict !== "ask")
    throw invalid(`The tool call ${toolUseId} was already decided (${approval.verdict}). The first word stands.`);
  const isOver = behind.some((entry) => entry.kind === "message" && !isBetweenCalls(entry));
  if (answered || isOver) throw invalid(`The tool call ${toolUseId} does not wait any more: the conversation went on without it.`);
  const reply = path[at] as MessageEntry;
  if (isInherited(writer, reply))
    throw invalid(
      `The tool call ${toolUseId} was made elsewhere and came here by forking or copying. It can only be decided where it was made.`,
    );
  if (reason !== undefined && typeof reason !== "string")
    throw invalid(`The reason is ${typeof reason}, not text. Say it in words, or leave it out.`);
  if (reason !== undefined && reason.length > charsMax)
    throw invalid(`The reason has ${reason.length} characters, and at most ${charsMax} are passed on. Say it in fewer.`);
  const body: ApprovalBody = { kind: "approval", toolUseId, verdict, ...(reason !== undefined && { reason }) };
  const [entry] = await writer.append(writer.draw(body));
  return entry as EntryOf<"approval">;
}

function invalid(message: string): AntiphonError {
  return new AntiphonError("invalid_input", message);
}
