import type { Bill } from "../conversation/bill.ts";
import { ownSettings, type Settings } from "../conversation/settings.ts";
import { AntiphonError } from "../errors.ts";
import { requireSupported } from "../models/check-settings.ts";
import { MODEL_TABLE } from "../models/model-catalog.ts";
import { settingsAsTold } from "../request/instructions.ts";
import { project, type ProjectOptions } from "../request/project.ts";
import { requireStorable } from "../request/require-sendable.ts";
import { type AcceptOptions, requireAccepted } from "./accept-bill.ts";
import { requireSettled } from "./require-settled.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { planSettingsChange } from "./plan-settings-change.ts";

/** Settings to set; `undefined` removes one. */
export type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] | undefined };

/** The word on what a change of settings costs, and how a changed `system` is told. */
export interface UpdateOptions extends AcceptOptions {
  /**
   * Puts a changed `system` to the top of the request, in place of the old one, also where the model could be told of it in a
   * message: the old one is then gone, and so is what hung on it. False unless told.
   */
  readonly swap?: boolean;
}

/** Stores changed settings, by the entries that {@link planSettingsChange} names. Errors: `bill_not_accepted` where they cost something, `turn_open` where they rewrite what an open call was made behind, or switch thinking on in the middle of its round. */
export async function changeSettings(writer: BranchWriter, change: SettingsChange, options: UpdateOptions & ProjectOptions): Promise<Bill> {
  const before = settingsAsTold(writer.path)!;
  const settings = ownSettings(
    Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)) as Settings,
  );
  requireSupported(settings, (options.models ?? MODEL_TABLE).facts(settings.model));
  const { bodies, bill } = planSettingsChange(writer.path, settings, options);
  // An instruction that is taken back stands behind every call.
  if (bodies.some((body) => body.kind === "boundary" && body.boundary.type === "settings")) requireSettled(writer.path);
  if (JSON.stringify(settings.thinking) !== JSON.stringify(before.thinking)) requireThinkingInPlace(writer, settings, options);
  requireAccepted(bill, options);
  const entries = bodies.map((body) => writer.draw(body));
  for (const entry of entries) if (entry.kind === "message") requireStorable(writer.path, entry, options);
  if (entries.length > 0) await writer.append(...entries);
  return bill;
}

/**
 * The API takes no thinking that is switched on between a tool call and the reply to its results: the round began without.
 * Source: the rule `thinking-first-in-tool-loop`.
 */
function requireThinkingInPlace(writer: BranchWriter, settings: Settings, options: ProjectOptions): void {
  const changed = { ...writer.draw({ kind: "settings", settings }), branchId: writer.key.branchId, seq: writer.tipSeq + 1 };
  const { memory: _memory, ...projecting } = options;
  const { violations } = project([...writer.path, changed], projecting).explain;
  if (!violations.some(({ rule }) => rule === "thinking-first-in-tool-loop")) return;
  throw new AntiphonError(
    "turn_open",
    "Nothing was changed: the last reply called tools without thinking, and thinking cannot be switched on before it is answered. Let the turn end first, with `resume`.",
  );
}
