import { toolResultIds } from "../messages/text.ts";
import type { Entry, EntryOf, MessageEntry } from "./entry.ts";

/** What a path says of one tool call. */
export interface CallRecord {
  /** It may have begun: its start is stored. */
  readonly started: boolean;
  readonly answered: boolean;
  /** The last word on it: `ask` while it waits for somebody's. */
  readonly approval?: EntryOf<"approval">;
}

/**
 * The record of a call in the entries behind the reply that made it. Never in those before: some servers count their ids anew in
 * each reply, and no start, result or approval of one call holds for another.
 */
export function callRecord(behind: readonly Entry[], toolUseId: string): CallRecord {
  let started = false;
  let answered = false;
  let approval: EntryOf<"approval"> | undefined;
  for (const entry of behind) {
    if (entry.kind === "message") answered ||= toolResultIds(entry.content).includes(toolUseId);
    else if (entry.kind === "tool-start") started ||= entry.toolUseId === toolUseId;
    else if (entry.kind === "approval" && entry.toolUseId === toolUseId) approval = entry;
  }
  return { started, answered, ...(approval && { approval }) };
}

/** Results and instructions may stand behind calls of which some are not answered yet. */
export function isBetweenCalls({ role, content }: MessageEntry): boolean {
  return role === "system" || (role === "user" && content.every((block) => block.type === "tool_result"));
}
