import type { BoundaryBody, Entry, MessageEntry } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { sendableContent } from "./sendable.ts";
import type { SentMessage } from "./sent-message.ts";

/** The settings in force at the end of a path, or `undefined` on a path without any. */
export function settingsInForce(path: readonly Entry[]): Settings | undefined {
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const entry = path[at]!;
    if (entry.kind === "settings") return entry.settings;
    if (entry.kind === "boundary" && entry.boundary.type === "settings") return entry.boundary.settings;
  }
  return undefined;
}

/** The messages of a path as its boundaries leave them, oldest first. Entries of which nothing is sent are not in it. */
export function applyBoundaries(path: readonly Entry[]): SentMessage[] {
  const cuts = collectCuts(path);
  const sent: SentMessage[] = [...cuts.opening];
  for (let at = cuts.firstIndex; at < path.length; at += 1) {
    const entry = path[at]!;
    if (entry.kind !== "message" || cuts.leftOut.has(entry.id)) continue;
    const message = toSent(entry, cuts);
    if (message.content.length > 0) sent.push(message);
  }
  return sent;
}

interface Cuts {
  readonly leftOut: ReadonlySet<string>;
  readonly superseded: ReadonlyMap<string, readonly ContentBlock[]>;
  readonly cleared: ReadonlySet<string>;
  /** The index of the first entry that is sent. */
  readonly firstIndex: number;
  /** What stands in front of it: a summary. */
  readonly opening: readonly SentMessage[];
}

function collectCuts(path: readonly Entry[]): Cuts {
  const leftOut = new Set<string>();
  const superseded = new Map<string, readonly ContentBlock[]>();
  const cleared = new Set<string>();
  let firstIndex = 0;
  let opening: readonly SentMessage[] = [];
  const indexOf = (id: string): number => path.findIndex((entry) => entry.id === id);
  for (const { boundary } of path.filter((entry): entry is Entry & BoundaryBody => entry.kind === "boundary")) {
    if (boundary.type === "left-out") for (const id of boundary.entryIds) leftOut.add(id);
    if (boundary.type === "superseded") superseded.set(boundary.entryId, boundary.content);
    if (boundary.type === "clear") for (const id of boundary.toolUseIds) cleared.add(id);
    if (boundary.type === "window") firstIndex = Math.max(firstIndex, indexOf(boundary.fromEntryId));
    if (boundary.type === "compaction") {
      firstIndex = Math.max(firstIndex, indexOf(boundary.throughEntryId) + 1);
      opening = [{ role: openingRole(boundary.content), content: boundary.content, origin: "synthetic" }];
    }
  }
  return { leftOut, superseded, cleared, firstIndex, opening };
}

/** The API's own compaction block stands in an assistant message; a summary in words is told to the model by the user. */
function openingRole(content: readonly ContentBlock[]): "assistant" | "user" {
  return content.some((block) => block.type === "compaction") ? "assistant" : "user";
}

function toSent(entry: MessageEntry, cuts: Cuts): SentMessage {
  const content = cuts.superseded.get(entry.id) ?? sendableContent(entry.content, entry.reply);
  return {
    entryId: entry.id,
    role: entry.role,
    content: cuts.cleared.size > 0 ? content.map((block) => clearResult(block, cuts.cleared)) : content,
    origin: entry.origin,
    ...(entry.reply && { reply: entry.reply }),
  };
}

function clearResult(block: ContentBlock, cleared: ReadonlySet<string>): ContentBlock {
  if (block.type !== "tool_result" || !cleared.has(String(block.tool_use_id))) return block;
  return { ...block, content: "[This result was cleared to make room.]" };
}
