import { AntiphonError } from "./errors.ts";
import { quoted } from "./quoted.ts";

/** A caller's options as they are at this instant. Errors: `invalid_input` for what is no object, cannot be read, or has a `signal` that is none. */
export function ownOptions<T extends object>(options: T, call: string): T {
  return ownFields(options, `The options of \`${call}\` are`, "Give them as an object, or leave them out.");
}

/** The same for what says how much is kept. It cannot be left out. */
export function ownCut<T extends object>(cut: T, call: string): T {
  return ownFields(cut, `The cut of \`${call}\` is`, "Give it an object that says what is cut, and what stays.");
}

/** What was read, or what is wrong with it. */
export function orError<T>(read: () => T): T | AntiphonError {
  try {
    return read();
  } catch (error) {
    if (error instanceof AntiphonError) return error;
    throw error;
  }
}

/** The fields of an object that a caller gives, as they are at this instant. Errors: as {@link ownOptions}. */
export function ownFields<T extends object>(value: T, what: string, remedy: string): T {
  const own = copied(requireObject(value, what, remedy), what);
  const { signal } = own as { readonly signal?: Partial<AbortSignal> | null };
  if (signal === undefined || signal === null || typeof signal.throwIfAborted === "function") return own;
  throw invalid(`\`signal\` is ${quoted(signal)}. Give it the \`signal\` of an AbortController, or leave it out.`);
}

/** Errors: `invalid_input` for what has no fields. */
export function requireObject<T extends object>(value: T, what: string, remedy: string): T {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw invalid(`${what} ${quoted(value)}. ${remedy}`);
}

/** Errors: `invalid_input` for what is no text. */
export function requireText(value: string, what: string, remedy: string): string {
  if (typeof value === "string") return value;
  throw invalid(`${what} ${quoted(value)}. ${remedy}`);
}

/** A caller's id of something. Errors: `invalid_input` for what cannot be one. */
export function ownId(id: string, what: "conversation" | "branch" | "entry" | "tool call"): string {
  return requireText(id, `The id of the ${what} is`, "Give it the id as a text.");
}

/** Labels of a conversation. Errors: `invalid_input` for what is no object of texts. */
export function ownMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const remedy = "Give it an object of texts, or leave it out.";
  const own = copied(requireObject(metadata, "`metadata` is", remedy), "`metadata` is");
  for (const [name, value] of Object.entries(own)) requireText(value, `\`metadata\` has at ${quoted(name)}`, remedy);
  return own;
}

/** Getters of the caller's may throw. */
function copied<T extends object>(value: T, what: string): T {
  try {
    return { ...value };
  } catch (cause) {
    throw invalid(`${what} not to be read: one of the fields throws. Give it plain values.`, cause);
  }
}

function invalid(message: string, cause?: unknown): AntiphonError {
  return new AntiphonError("invalid_input", message, cause === undefined ? {} : { cause });
}
