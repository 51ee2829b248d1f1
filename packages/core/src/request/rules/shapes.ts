import type { FieldKind, ObjectFields } from "./request-shapes.ts";
import { TOOL_TYPES } from "./request-shapes.ts";
import { isFields, type Fields, type RequestView } from "./request-view.ts";
import type { Report, Rule } from "./rule.ts";
import { placesOf, type ShapePlace } from "./shape-places.ts";

const LISTED = "@anthropic-ai/sdk 1.12.0, the types that request-shapes.ts names";

/** Held against one table of what the SDK's types say, place by place. */
export const SHAPE_RULES: readonly Rule[] = [
  {
    id: "value-shape",
    group: "structure",
    says: "A field inside thinking, tool_choice, cache_control, a media source or another listed place is missing or of another kind than the API's types give it.",
    status: 400,
    text: "{path}: Input should be {kind}",
    textPublished: false,
    confidence: "official",
    source: LISTED,
    check: (request, report) => reportFound(request, "shape", report),
  },
  {
    id: "value-unknown",
    group: "structure",
    says: "A field has none of the values that the API's types list for it. It is sent all the same: a newer API may know it.",
    status: 400,
    text: "{path}: Input should be {values}",
    textPublished: false,
    confidence: "high",
    source: LISTED,
    check: (request, report) => reportFound(request, "unknown", report),
  },
  {
    id: "nested-field-unknown",
    group: "structure",
    says: "An object inside the body has a field that its type does not list. It is sent all the same: a newer API may know it.",
    status: 400,
    text: "{path}: Extra inputs are not permitted",
    textPublished: false,
    confidence: "high",
    source: `${LISTED} ; additionalProperties: false in the API's OpenAPI document`,
    check: (request, report) => reportFound(request, "extra", report),
  },
];

/** The fields of the body whose kind the rule of that name tells. */
const FIELD_SHAPE: ReadonlySet<string> = new Set(["metadata", "thinking", "tool_choice", "output_config"]);

interface Finding {
  readonly kind: "shape" | "unknown" | "extra";
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** Found once for a request, whichever rule asks first. */
const FOUND = new WeakMap<RequestView, readonly Finding[]>();

function reportFound(request: RequestView, kind: Finding["kind"], report: Report): void {
  let found = FOUND.get(request);
  if (found === undefined) {
    found = [...placesOf(request).flatMap((place) => checkPlace(place, request)), ...toolTypes(request)];
    FOUND.set(request, found);
  }
  for (const finding of found) if (finding.kind === kind) report(finding.path, finding.values, finding.text);
}

const MISSING = "{path}: Field required";
const TAG = "{path}: Input tag '{value}' found using 'type' does not match any of the expected tags: {values}";

function checkPlace({ value, shape, path, apiPath }: ShapePlace, request: RequestView): readonly Finding[] {
  if (!isFields(value)) return FIELD_SHAPE.has(path) ? [] : [wrong(path, apiPath, "a valid dictionary")];
  if (shape.oneOf === undefined) return checkFields(value, shape.fields ?? {}, { path, apiPath, partial: shape.partial === true }, request);
  const { type, ...rest } = value;
  const at = joined(path, "type");
  if (type === undefined || type === null) return [{ kind: "shape", path: at, values: { path: joined(apiPath, "type") }, text: MISSING }];
  if (typeof type !== "string") return [wrong(at, joined(apiPath, "type"), "a valid string")];
  if (!Object.hasOwn(shape.oneOf, type)) return [unknownTag(at, apiPath, type, Object.keys(shape.oneOf))];
  return checkFields(rest, shape.oneOf[type] ?? {}, { path, apiPath: joined(apiPath, type), partial: false }, request);
}

interface Where {
  readonly path: string;
  readonly apiPath: string;
  readonly partial: boolean;
}

function checkFields(fields: Fields, listed: ObjectFields, { path, apiPath, partial }: Where, request: RequestView): readonly Finding[] {
  const found: Finding[] = [];
  const names = new Set<string>();
  for (const [written, kind] of Object.entries(listed)) {
    const name = written.replace(/\?$/, "");
    names.add(name);
    const value = fields[name];
    const [at, api] = [joined(path, name), joined(apiPath, name)];
    if (value === undefined || value === null) {
      if (name === written) found.push({ kind: "shape", path: at, values: { path: api }, text: MISSING });
    } else if (!fits(value, kind)) found.push(wrong(at, api, wordOf(kind)));
    else if (isList(kind) && !kind.includes(value as string) && !toldElsewhere(at, request))
      found.push({ kind: "unknown", path: at, values: { path: api, values: orList(kind) } });
  }
  if (partial) return found;
  for (const [name, value] of Object.entries(fields)) {
    if (names.has(name) || value === undefined || toldElsewhere(joined(path, name), request)) continue;
    found.push({ kind: "extra", path: joined(path, name), values: { path: joined(apiPath, name) } });
  }
  return found;
}

function toolTypes(request: RequestView): readonly Finding[] {
  return request.tools.flatMap(({ tool, path }) => {
    const { type } = tool;
    if (type === undefined || type === null) return [];
    if (typeof type !== "string") return [wrong(`${path}.type`, `${path}.type`, "a valid string")];
    return TOOL_TYPES.includes(type) ? [] : [unknownTag(`${path}.type`, path, type, TOOL_TYPES)];
  });
}

/** What a rule of its own says better: the model's levels, and the display of thinking that is off. */
function toldElsewhere(path: string, request: RequestView): boolean {
  if (path === "output_config.effort") return request.model?.effortLevels !== undefined;
  return path === "thinking.display" && (request.body["thinking"] as Fields)["type"] === "disabled";
}

function fits(value: unknown, kind: FieldKind): boolean {
  if (kind === "any") return true;
  if (kind === "flag") return typeof value === "boolean";
  return typeof value === (kind === "number" ? "number" : "string");
}

function wordOf(kind: FieldKind): string {
  if (kind === "flag") return "a valid boolean";
  return kind === "number" ? "a valid number" : "a valid string";
}

function isList(kind: FieldKind): kind is readonly string[] {
  return typeof kind !== "string";
}

function wrong(path: string, apiPath: string, kind: string): Finding {
  return { kind: "shape", path, values: { path: apiPath, kind } };
}

function unknownTag(path: string, apiPath: string, value: string, tags: readonly string[]): Finding {
  return { kind: "unknown", path, values: { path: apiPath, value, values: tags.map((tag) => `'${tag}'`).join(", ") }, text: TAG };
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** `'a', 'b' or 'c'`. */
function orList(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
