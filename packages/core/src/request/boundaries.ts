import type { BoundaryEntry, Entry, MessageEntry } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { sendableContent } from "./sendable.ts";
import type { SentMessage } from "./sent-message.ts";

/** What a cleared tool result is sent as. */
export const CLEARED_RESULT = "[This result is not sent any more.]";

/** The settings in force at the end of a path, or `undefined` on a path without any. */
export function settingsInForce(path: readonly Entry[]): Settings | undefined {
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const entry = path[at]!;
    if (entry.kind === "settings") return entry.settings;
    if (entry.kind === "boundary" && entry.boundary.type === "settings") return entry.boundary.settings;
  }
  return undefined;
}

/** The boundaries that apply at the end of a path, oldest first: all but those that were restored behind them. */
export function boundariesInForce(path: readonly Entry[]): readonly BoundaryEntry[] {
  const takenBack = new Set<string>();
  const inForce: BoundaryEntry[] = [];
  // Backwards: a restoration that was itself taken back restores nothing.
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const entry = path[at]!;
    if (entry.kind !== "boundary" || takenBack.has(entry.id)) continue;
    if (entry.boundary.type === "restored") takenBack.add(entry.boundary.boundaryId);
    inForce.push(entry);
  }
  return inForce.toReversed();
}

/** The messages of a path as its boundaries leave them, oldest first. Entries of which nothing is sent are not in it. */
export function applyBoundaries(path: readonly Entry[]): SentMessage[] {
  const cuts = collectCuts(path);
  const sent: SentMessage[] = [...cuts.opening];
  for (const [at, entry] of path.entries()) {
    if (entry.kind !== "message" || cuts.leftOut.has(entry.id)) continue;
    // An instruction holds for what is said next, however much of what was said before is cut off.
    if (at < cuts.firstIndex && entry.role !== "system") continue;
    const message = toSent(entry, at, cuts);
    if (message.content.length > 0) sent.push(message);
  }
  return sent;
}

interface Cuts {
  readonly leftOut: ReadonlySet<string>;
  readonly superseded: ReadonlyMap<string, readonly ContentBlock[]>;
  /** By tool call the index of the first entry whose result of it is sent again: a later call may have the same id. */
  readonly cleared: ReadonlyMap<string, number>;
  /** The index of the first entry that is sent. */
  readonly firstIndex: number;
  /** What stands in front of it: a summary. */
  readonly opening: readonly SentMessage[];
}

function collectCuts(path: readonly Entry[]): Cuts {
  const leftOut = new Set<string>();
  const superseded = new Map<string, readonly ContentBlock[]>();
  const cleared = new Map<string, number>();
  let firstIndex = 0;
  let opening: readonly SentMessage[] = [];
  const indexOf = (id: string): number => path.findIndex((entry) => entry.id === id);
  for (const entry of boundariesInForce(path)) {
    const { boundary } = entry;
    switch (boundary.type) {
      case "left-out":
        for (const id of boundary.entryIds) leftOut.add(id);
        break;
      case "superseded":
        superseded.set(boundary.entryId, boundary.content);
        break;
      case "clear": {
        const end = boundary.throughEntryId === undefined ? path.indexOf(entry) : indexOf(boundary.throughEntryId) + 1;
        for (const id of boundary.toolUseIds) cleared.set(id, Math.max(end, cleared.get(id) ?? 0));
        break;
      }
      case "window":
        firstIndex = Math.max(firstIndex, indexOf(boundary.fromEntryId));
        break;
      case "compaction":
        firstIndex = Math.max(firstIndex, indexOf(boundary.throughEntryId) + 1);
        opening = [{ role: openingRole(boundary.content), content: boundary.content, origin: "synthetic" }];
        break;
      case "settings":
      case "erase":
      case "restored":
        break;
      default:
        boundary satisfies never;
    }
  }
  return { leftOut, superseded, cleared, firstIndex, opening };
}

/** The API's own compaction block stands in an assistant message; a summary in words is told to the model by the user. */
function openingRole(content: readonly ContentBlock[]): "assistant" | "user" {
  return content.some((block) => block.type === "compaction") ? "assistant" : "user";
}

function toSent(entry: MessageEntry, at: number, { superseded, cleared }: Cuts): SentMessage {
  const content = superseded.get(entry.id) ?? sendableContent(entry.content, entry.reply);
  const isCleared = (block: ContentBlock): boolean => block.type === "tool_result" && at < (cleared.get(String(block.tool_use_id)) ?? -1);
  return {
    entryId: entry.id,
    role: entry.role,
    content: content.some(isCleared) ? content.map((block) => (isCleared(block) ? { ...block, content: CLEARED_RESULT } : block)) : content,
    origin: entry.origin,
    ...(entry.reply && { reply: entry.reply }),
  };
}
