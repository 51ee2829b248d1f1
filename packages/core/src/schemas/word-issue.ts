import type { $ZodRawIssue } from "zod/v4/core";

const VALUE_LENGTH_MAX = 60;

/** What a check expected and what it found. zod's own words are a locale that a program chooses for all its schemas, ours among them. */
export function wordIssue(issue: $ZodRawIssue): string {
  return `${expectation(issue)} expected, found ${worded(found(issue))}`;
}

/** A value as JSON, cut where it is long: enough to find it by. */
export function worded(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  if (["function", "symbol", "bigint"].includes(typeof value)) return `a ${typeof value}`;
  const text = typeof value === "string" ? JSON.stringify(value) : `${value as number | boolean | null}`;
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX)}…`;
}

function expectation(issue: $ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value":
      return oneOf(issue.values);
    case "invalid_union":
      return Array.isArray(issue.options) ? oneOf(issue.options) : "another value";
    case "invalid_key":
      return "the number of a block as key";
    case "too_small":
      return issue.origin === "string" ? "a text that is not empty" : `at least ${issue.minimum}`;
    case "custom":
      return String(issue.params?.expected ?? "another value");
    default:
      return "another value";
  }
}

/** All our unions are told apart by a field, and there zod gives the whole object beside the path of that field. */
function found(issue: $ZodRawIssue): unknown {
  if (issue.code !== "invalid_union") return issue.input;
  return (issue.input as Readonly<Record<PropertyKey, unknown>>)[issue.path?.at(-1) ?? ""];
}

const TYPES: Partial<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  nonoptional: "a value",
};

function oneOf(values: readonly unknown[]): string {
  const list = values.map(worded);
  return list.length === 1 ? `${list[0]}` : `one of ${list.join(", ")}`;
}
