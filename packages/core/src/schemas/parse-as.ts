import * as z from "zod/mini";
import { AntiphonError } from "../errors.ts";

const ISSUES_SHOWN = 3;

/**
 * The value, typed, where the schema takes it; the very same object, every field that nobody knows included.
 * `name` says for people what it is and where it is from: "line 12 of backup.jsonl".
 * Throws `invalid_input`, whose message has the path, what was expected there and what was found, and whose `details.issues` has all of them.
 */
export function parseAs<T>(schema: z.ZodMiniType<T>, value: unknown, name: string): T {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path: pathText(path), message }));
  const shown = issues.slice(0, ISSUES_SHOWN).map(({ path, message }) => (path === "" ? message : `at ${path} ${message}`));
  const more = issues.length - shown.length;
  throw new AntiphonError(
    "invalid_input",
    `${name} cannot be read: ${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}. Mend the data, or take a newer version of Antiphon if one wrote it.`,
    { cause: result.error, details: { issues } },
  );
}

/** `content[2].type`, as a program would write it. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => {
      if (typeof key === "number") return `[${key}]`;
      if (typeof key === "string" && /^[A-Za-z_$][\w$]*$/.test(key)) return at === 0 ? key : `.${key}`;
      return `[${JSON.stringify(String(key))}]`;
    })
    .join("");
}
