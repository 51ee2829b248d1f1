import type { Entry, NewEntry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { unsupportedByModel } from "../models/check-settings.ts";
import { modelFacts } from "../models/model-facts.ts";
import { type Projection, project, type ProjectOptions } from "./project.ts";
import type { RequestBody } from "./request-body.ts";
import type { Violation } from "./validate-request.ts";

/** Refuses an entry behind which a request would break a rule of the API. Errors: `invalid_request`, with `details.violations`. */
export function requireSendable(path: readonly Entry[], entry: NewEntry, options: ProjectOptions): void {
  const { body, explain } = projectBehind(path, [entry], options);
  requireAccepted(body, explain.violations);
}

/** Refuses a request that breaks a rule of the API, or asks its model for what it does not take. Errors: `unsupported_by_model`, `invalid_request`. */
export function requireAccepted(body: RequestBody, violations: readonly Violation[]): void {
  const unsupported = unsupportedByModel(body, modelFacts(body.model), violations);
  if (unsupported !== undefined) throw unsupported;
  refuse(violations.filter(isError));
}

/** The same for an entry that something else follows before the next request: refuses what no request could ever carry. */
export function requireStorable(path: readonly Entry[], entry: NewEntry, options: ProjectOptions): void {
  const question = {
    id: `${entry.id}?`,
    createdAt: entry.createdAt,
    kind: "message",
    role: "user",
    content: [{ type: "text", text: "?" }],
    origin: "synthetic",
  } as const;
  const broken = errorsBehind(path, [entry, question], options);
  if (broken.length === 0) return;
  // What was broken before is not this entry's fault.
  const before = new Set(errorsBehind(path, [question], options).map(({ rule }) => rule));
  refuse(broken.filter(({ rule }) => !before.has(rule)));
}

function errorsBehind(path: readonly Entry[], entries: readonly NewEntry[], options: ProjectOptions): readonly Violation[] {
  return projectBehind(path, entries, options).explain.violations.filter(isError);
}

function projectBehind(path: readonly Entry[], entries: readonly NewEntry[], options: ProjectOptions): Projection {
  const last = path.at(-1);
  const placed = entries.map((entry, at) => ({ ...entry, branchId: last?.branchId ?? "", seq: (last?.seq ?? 0) + 1 + at }));
  return project([...path, ...placed], options);
}

function isError({ severity }: Violation): boolean {
  return severity === "error";
}

function refuse(broken: readonly Violation[]): void {
  if (broken.length === 0) return;
  throw new AntiphonError("invalid_request", `Nothing was sent, since the API would refuse it. ${broken[0]!.message}`, {
    details: { violations: broken },
  });
}
