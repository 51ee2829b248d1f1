import { type Entry, text } from "@antiphon/core";
import { oneLine } from "../render/clean-text.ts";

/** The beginning of the first thing that a person said, on one line; `undefined` where nobody has said anything. */
export function firstWords(entries: Iterable<Entry>, lengthMax = 60): string | undefined {
  for (const entry of entries) {
    const words = wordsOf(entry, lengthMax);
    if (words !== undefined) return words;
  }
  return undefined;
}

/** The same of a path that is still being read, no further than needed. */
export async function firstWordsOf(entries: AsyncIterable<Entry>, lengthMax = 60): Promise<string | undefined> {
  for await (const entry of entries) {
    const words = wordsOf(entry, lengthMax);
    if (words !== undefined) return words;
  }
  return undefined;
}

function wordsOf(entry: Entry, lengthMax: number): string | undefined {
  if (entry.kind !== "message" || entry.role !== "user" || entry.origin === "synthetic") return undefined;
  return oneLine(text(entry.content), lengthMax) || undefined;
}
