import type { Entry, NewEntry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { unsupportedByModel } from "../models/check-settings.ts";
import { MODEL_TABLE, type ModelSource } from "../models/model-catalog.ts";
import { type Projection, project, type ProjectOptions } from "./project.ts";
import type { RequestBody } from "./request-body.ts";
import type { Violation } from "./validate-request.ts";

/**
 * Refuses what somebody says where a request would break a rule of the API behind it: one that is known to hold, or one that
 * is thought to hold and that these entries break. Errors: `unsupported_by_model`, `invalid_request`, with `details.violations`.
 */
export function requireSendable(path: readonly Entry[], entries: readonly [NewEntry, ...NewEntry[]], options: ProjectOptions): void {
  const { body, explain } = projectBehind(path, entries, options);
  requireUnbroken(body, explain.violations, options.models);
  refuse(newViolations(path, explain.violations.filter(isThoughtToHold), entries[0], options));
}

/** Refuses a request that breaks a rule of the API, or asks its model for what it does not take. Errors: `unsupported_by_model`, `invalid_request`. */
export function requireUnbroken(body: RequestBody, violations: readonly Violation[], models: ModelSource = MODEL_TABLE): void {
  const unsupported = unsupportedByModel(body, models.facts(body.model), violations);
  if (unsupported !== undefined) throw unsupported;
  refuse(violations.filter(isError));
}

/**
 * The same for an entry that something else follows before the next request: refuses what no request could ever carry.
 * Errors: `unsupported_by_model`, `invalid_request`.
 */
export function requireStorable(path: readonly Entry[], entry: NewEntry, options: ProjectOptions): void {
  const { body, explain } = projectBehind(path, [entry, questionBehind(entry)], options);
  const broken = newViolations(path, explain.violations.filter(isThoughtToHold), entry, options);
  if (broken.length > 0) requireUnbroken(body, broken, options.models);
  refuse(broken);
}

/** The same for a reply, which goes back as it came: refuses only what is known to be no reply of the API. */
export function requireRecordable(path: readonly Entry[], entry: NewEntry, options: ProjectOptions): void {
  const { violations } = projectBehind(path, [entry, questionBehind(entry)], options).explain;
  refuse(newViolations(path, violations.filter(isError), entry, options));
}

/** Those of the violations that a question in the entry's place would not have: what was broken before is not its fault. */
function newViolations(
  path: readonly Entry[],
  violations: readonly Violation[],
  entry: NewEntry,
  options: ProjectOptions,
): readonly Violation[] {
  if (violations.length === 0) return [];
  const before = projectBehind(path, [questionBehind(entry)], options).explain.violations.map(({ rule }) => rule);
  return violations.filter(({ rule }) => {
    const at = before.indexOf(rule);
    if (at !== -1) before.splice(at, 1);
    return at === -1;
  });
}

function questionBehind({ id, createdAt }: NewEntry): NewEntry {
  return { id: `${id}?`, createdAt, kind: "message", role: "user", content: [{ type: "text", text: "?" }], origin: "synthetic" };
}

function projectBehind(path: readonly Entry[], entries: readonly NewEntry[], options: ProjectOptions): Projection {
  const last = path.at(-1);
  const placed = entries.map((entry, at) => ({ ...entry, branchId: last?.branchId ?? "", seq: (last?.seq ?? 0) + 1 + at }));
  return project([...path, ...placed], options);
}

function isError({ severity }: Violation): boolean {
  return severity === "error";
}

/** Without what was also seen accepted, and without what a newer API may know. */
function isThoughtToHold({ contested, rule }: Violation): boolean {
  return contested !== true && rule !== "block-type-unknown" && rule !== "field-unknown";
}

function refuse(broken: readonly Violation[]): void {
  if (broken.length === 0) return;
  throw new AntiphonError("invalid_request", `Nothing was sent, since the API would refuse it. ${broken[0]!.message}`, {
    details: { violations: broken },
  });
}
