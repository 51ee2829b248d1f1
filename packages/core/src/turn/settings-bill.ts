import { type Bill, NO_BILL } from "../conversation/bill.ts";
import type { Entry, EntryBody, MessageEntry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { project, type ProjectOptions } from "../request/project.ts";
import { isThinking } from "../request/sendable.ts";

/** What the next request lacks behind these entries: thinking that it drops, and all that was cached (how much of it were tools and system, that may stay, is not told). */
export function settingsBill(path: readonly Entry[], bodies: readonly EntryBody[], projecting: ProjectOptions): Bill {
  const behind = bodies.map((body, at): Entry => ({ id: "", createdAt: 0, branchId: "", seq: path.length + 1 + at, ...body }));
  const after = thinkingSent([...path, ...behind], projecting);
  return {
    ...NO_BILL,
    thinkingBlocks: [...thinkingSent(path, projecting)].filter((block) => !after.has(block)).length,
    cachedTokens: cachedTokens(path),
  };
}

/** The blocks themselves: thinking that comes back does not make up for thinking that goes. */
function thinkingSent(path: readonly Entry[], projecting: ProjectOptions): Set<ContentBlock> {
  return new Set(project(path, projecting).body.messages.flatMap(({ content }) => content.filter(isThinking)));
}

/** As the last reply reports it. One from before an earlier change tells of a cache that is lost already. */
function cachedTokens(path: readonly Entry[]): number {
  const change = path.findLastIndex((entry) => entry.kind === "boundary" && entry.boundary.type === "settings");
  const last = path.slice(change + 1).findLast((entry): entry is MessageEntry => entry.kind === "message" && entry.reply !== undefined);
  const counts = [last?.reply?.usage?.cache_read_input_tokens, last?.reply?.usage?.cache_creation_input_tokens];
  return counts.reduce<number>((sum, count) => sum + (typeof count === "number" ? count : 0), 0);
}
