import * as z from "zod/mini";
import { wordIssue } from "./word-issue.ts";

/**
 * A schema that checks by `shape` and gives back the very value that it was given. zod's own object schemas answer with a copy whose
 * keys stand in the schema's order; a block or a tool in another key order is another prefix to the API, and loses its cache.
 */
export function asItCame<T>(shape: z.ZodMiniType<T>): z.ZodMiniType<T> {
  const checked = z.unknown().check((payload) => {
    const result = z.safeParse(shape, payload.value, { error: wordIssue, reportInput: true });
    if (result.success) return;
    for (const { path, message, input } of result.error.issues) {
      payload.issues.push({ code: "custom", path: [...path], message, input });
    }
  });
  return checked as z.ZodMiniType as z.ZodMiniType<T>;
}
