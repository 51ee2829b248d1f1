import type { Entry, MessageEntry } from "../conversation/entry.ts";
import { text } from "../messages/text.ts";
import type { TurnContext } from "./turn-context.ts";

/**
 * Where the path ends in words of the assistant that the model did not say, the next reply goes on from them: the reader sees one
 * reply. What the API then answers is the continuation alone, and storage keeps both as what they are.
 */
export async function takeUpPrefill(turn: TurnContext): Promise<void> {
  const words = wordsAtEnd(turn.writer.path);
  const last = words.at(-1);
  if (last === undefined) return;
  turn.tally.text = textOf(words);
  turn.tally.joining = "exactly";
  await turn.events.emit({ type: "prefill-start", entryId: last.id, text: turn.tally.text });
}

/** The text of a reply with the words that it went on from. */
export function textWithPrefill(path: readonly Entry[], reply: MessageEntry): string {
  return textOf([...wordsAtEnd(path.slice(0, path.indexOf(reply))), reply]);
}

/** The messages that a path ends in and that are the assistant's and no reply, those left out aside. */
export function wordsAtEnd(path: readonly Entry[]): readonly MessageEntry[] {
  const words: MessageEntry[] = [];
  const leftOut = new Set<string>();
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const entry = path[at]!;
    if (entry.kind === "boundary" && entry.boundary.type === "left-out") for (const id of entry.boundary.entryIds) leftOut.add(id);
    if (entry.kind !== "message" || entry.role === "system" || leftOut.has(entry.id)) continue;
    if (entry.role !== "assistant" || entry.reply !== undefined) break;
    words.unshift(entry);
  }
  return words;
}

function textOf(entries: readonly MessageEntry[]): string {
  return entries.map(({ content }) => text(content)).join("");
}
