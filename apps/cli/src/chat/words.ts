/** What a line of the chat is: a message, or a word to the program. `//word` is a message that begins with a slash. */
export type Line =
  | { readonly type: "message"; readonly text: string }
  | { readonly type: "word"; readonly word: Word }
  /** `known`: the word is one of the chat's, but has something behind it. */
  | { readonly type: "unknown"; readonly word: string; readonly known: boolean };

/** The words that the chat knows, and what each does. */
export const WORDS = Object.freeze({
  help: "this list",
  new: "a new conversation; this one is kept",
  exit: "leave; so does Ctrl+D on an empty line",
});

export type Word = keyof typeof WORDS;

/** Reads a line. A slash and a word, known or not, is never sent by mistake; a path or a comment (/usr/bin, /*) is a message. */
export function readLine(text: string): Line {
  if (text.startsWith("//")) return { type: "message", text: text.slice(1) };
  const word = /^\/([a-z][\w-]*)(?=\s|$)/i.exec(text)?.[1];
  if (word === undefined) return { type: "message", text };
  if (!isWord(word)) return { type: "unknown", word: text.split("\n", 1)[0]!.trim(), known: false };
  return text.trim() === `/${word}` ? { type: "word", word } : { type: "unknown", word: `/${word}`, known: true };
}

function isWord(word: string): word is Word {
  return Object.hasOwn(WORDS, word);
}
