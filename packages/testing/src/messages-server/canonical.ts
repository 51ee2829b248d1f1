import { isRecord } from "./wire.ts";

/** What a caller wrote by its own rules: here the order of keys is part of the prompt. */
const VERBATIM: ReadonlySet<string> = new Set(["input", "input_schema"]);

/**
 * The text by which two blocks are compared, for the prompt cache and for the binding of thinking. `cache_control` and null
 * fields are no part of it, and the order of a block's own fields does not count; inside `input` and `input_schema` everything does.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(normalise(value));
}

function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, field]) => key !== "cache_control" && field !== null && field !== undefined);
  kept.sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(kept.map(([key, field]) => [key, VERBATIM.has(key) ? field : normalise(field)]));
}
