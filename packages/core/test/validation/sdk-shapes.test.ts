import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { describe, expect, test } from "vitest";

import { HEADER_PARAMS } from "../../src/request/rules/misc.ts";
import {
  REQUEST_SHAPES,
  RESULT_BLOCK_TYPES,
  TOOL_TYPES,
  type FieldKind,
  type RequestShape,
} from "../../src/request/rules/request-shapes.ts";

const resources = createRequire(import.meta.url)
  .resolve("@anthropic-ai/sdk")
  .replace(/index\.(m?js)$/, "resources/");
const general = readFileSync(`${resources}messages/messages.d.ts`, "utf8");
const beta = readFileSync(`${resources}beta/messages/messages.d.ts`, "utf8");

type Kinds = Readonly<Record<string, FieldKind>>;

describe.each(Object.entries<RequestShape>(REQUEST_SHAPES))("the shape of %s", (_, { sdk, oneOf, fields, partial }) => {
  test("is what the types of the SDK say, general and beta", () => {
    if (oneOf === undefined) {
      const said = merged(sdk.map(fieldsOf));
      // Of what is looked at elsewhere, only fields that are no flags and no lists of values.
      const listed = Object.entries(said).filter(([name, kind]) => !partial || name in (fields ?? {}) || isEnumerated(name, kind));
      expect(sorted(fields)).toEqual(sorted(Object.fromEntries(listed)));
      return;
    }
    const members = sdk.flatMap(membersOf).map((name) => fieldsOf(name));
    const said: Record<string, Kinds> = {};
    for (const { type, ...rest } of members) for (const tag of type as readonly string[]) said[tag] = merged([said[tag] ?? {}, rest]);
    expect(Object.keys(oneOf).toSorted()).toEqual(Object.keys(said).toSorted());
    for (const [tag, listed] of Object.entries(oneOf)) expect({ tag, fields: sorted(listed) }).toEqual({ tag, fields: sorted(said[tag]) });
  });
});

test("every type of a tool in the SDK's types is known", () => {
  const types = tagsOf(["ToolUnion", "BetaToolUnion"]);
  expect(types.length).toBeGreaterThan(25);
  expect(TOOL_TYPES.toSorted()).toEqual(types);
});

test("what a tool_result may hold is what the SDK's types say", () => {
  expect(RESULT_BLOCK_TYPES.toSorted()).toEqual(tagsOf(["ToolResultBlockParam.content", "BetaToolResultBlockParam.content"]));
});

test("the params that go out as headers are those that the SDK takes out of the body", () => {
  const sent = readFileSync(`${resources}beta/messages/messages.js`, "utf8");
  const taken = /const \{ ([\w, ]+), \.\.\.body \} = modifiedParams;/.exec(sent)?.[1]?.split(", ");
  expect([...HEADER_PARAMS]).toEqual(taken);
});

/** The values of `type` over the members of some unions. */
function tagsOf(unions: readonly string[]): readonly string[] {
  const tags = unions.flatMap(membersOf).flatMap((name) => (fieldsOf(name)["type"] ?? fieldsOf(name)["type?"]) as readonly string[]);
  return [...new Set(tags)].toSorted();
}

/** The interfaces that a union, or a field with one (`Type.field`), names. */
function membersOf(name: string): readonly string[] {
  const [type = "", field] = name.split(".");
  const source = sourceOf(type);
  const text = field === undefined ? new RegExp(`export type ${type} =([^;]+);`).exec(source)?.[1] : fieldTexts(type)[field];
  const names = [...(text ?? "").matchAll(/\b[A-Z]\w+/g)].map(([found]) => found).filter((found) => found !== "Array");
  return names.length > 0 ? names : [type];
}

/** The fields of an interface with what they hold, optional ones with `?`. */
function fieldsOf(name: string): Kinds {
  return Object.fromEntries(Object.entries(fieldTexts(name)).map(([field, text]) => [`${field}${optional(name, field)}`, kindOf(text)]));
}

function optional(name: string, field: string): "?" | "" {
  return new RegExp(`\\n {4}${field}\\?:`).test(bodyOf(name)) ? "?" : "";
}

function fieldTexts(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...bodyOf(name).matchAll(/^ {4}(\w+)\??: ([^;]*);/gm)].map(([, field, text]) => [field, text ?? ""]));
}

function bodyOf(name: string): string {
  const own = name === "BetaMessageCreateParamsBase" ? "MessageCreateParamsBase" : name;
  const body = new RegExp(`export interface ${own}(?: [^{]*)?\\{([^]*?)\\n\\}`).exec(sourceOf(name))?.[1];
  if (body === undefined) throw new Error(`the SDK has no interface ${name}`);
  return body;
}

function sourceOf(name: string): string {
  return name.startsWith("Beta") ? beta : general;
}

function kindOf(text: string): FieldKind {
  const parts = text.split("|").map((part) => part.trim());
  const values = parts.filter((part) => part !== "null");
  if (values.every((value) => /^'.*'$/.test(value))) return values.map((value) => value.slice(1, -1));
  const only = values.length === 1 ? values[0] : undefined;
  if (only === "boolean") return "flag";
  if (only === "number") return "number";
  return only === "string" ? "text" : "any";
}

function isEnumerated(name: string, kind: FieldKind): boolean {
  return name !== "type" && (kind === "flag" || typeof kind !== "string");
}

/** What either says: the lists of values together. */
function merged(all: readonly Kinds[]): Kinds {
  const result: Record<string, FieldKind> = {};
  for (const [name, kind] of all.flatMap((kinds) => Object.entries(kinds))) {
    const before = result[name];
    const lists = typeof kind !== "string" && before !== undefined && typeof before !== "string";
    result[name] = lists ? [...new Set([...before, ...kind])] : kind;
  }
  return result;
}

function sorted(kinds: Kinds = {}): Kinds {
  return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, typeof kind === "string" ? kind : kind.toSorted()]));
}
