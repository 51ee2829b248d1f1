import type { Entry, MessageEntry } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { toBlocks } from "../messages/content-block.ts";
import { applyBoundaries, settingsInForce } from "./boundaries.ts";
import { project, type ProjectOptions } from "./project.ts";

/** What a `system` setting says, as a `system` message tells it; `undefined` where there is none. Cache marks are no part of what is said. */
export function instructionOf(system: unknown): readonly ContentBlock[] | undefined {
  if (system === undefined || system === null) return undefined;
  const blocks = toBlocks(system as string | readonly ContentBlock[]).map(({ cache_control: _mark, ...block }) => block as ContentBlock);
  return blocks.length > 0 ? blocks : undefined;
}

/** The messages by which the model was told a changed `system`, as far as they are sent, oldest first. */
export function instructionsOn(path: readonly Entry[]): readonly MessageEntry[] {
  return sentSystemMessages(path).filter((entry) => entry.setting === "system");
}

/** Every `system` message of a path that is sent, or waits for its place, oldest first. */
export function sentSystemMessages(path: readonly Entry[]): readonly MessageEntry[] {
  if (!path.some(isSystemMessage)) return [];
  const sent = new Set(applyBoundaries(path).map(({ entryId }) => entryId));
  return path.filter((entry): entry is MessageEntry => isSystemMessage(entry) && sent.has(entry.id));
}

/**
 * The settings as the model knows them: those that requests are made with, and for `system` what it was told last, at the
 * top or in a message.
 */
export function settingsAsTold(path: readonly Entry[]): Settings | undefined {
  const settings = settingsInForce(path);
  const last = instructionsOn(path).at(-1);
  if (settings === undefined || last === undefined) return settings;
  return { ...settings, system: asSetting(last.content) };
}

/**
 * The `system` messages that the request for a path ends in. The API takes none in front of a user's message: where one
 * follows, they have to move behind it.
 */
export function trailingSystemMessages(path: readonly Entry[], options: ProjectOptions): readonly MessageEntry[] {
  if (!path.some(isSystemMessage)) return [];
  const { messages } = project(path, options).body;
  const trailing = messages.length - 1 - messages.findLastIndex(({ role }) => role !== "system");
  // Most requests end in none, and only of one that does the whole path has to be looked at.
  return trailing === 0 ? [] : sentSystemMessages(path).slice(-trailing);
}

/** A text alone is a text again. */
function asSetting(content: readonly ContentBlock[]): NonNullable<Settings["system"]> {
  const [first] = content;
  const isPlain = content.length === 1 && first?.type === "text" && Object.keys(first).length === 2;
  return isPlain ? (first.text as string) : (content as unknown as NonNullable<Settings["system"]>);
}

function isSystemMessage(entry: Entry): boolean {
  return entry.kind === "message" && entry.role === "system";
}
