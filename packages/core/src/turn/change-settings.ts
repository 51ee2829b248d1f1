import { type Bill, isFree } from "../conversation/bill.ts";
import { ownSettings, type Settings } from "../conversation/settings.ts";
import { AntiphonError } from "../errors.ts";
import { requireSupported } from "../models/check-settings.ts";
import { MODEL_TABLE } from "../models/model-catalog.ts";
import { settingsAsTold } from "../request/instructions.ts";
import type { ProjectOptions } from "../request/project.ts";
import { requireStorable } from "../request/require-sendable.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { planSettingsChange } from "./plan-settings-change.ts";

/** Settings to set; `undefined` removes one. */
export type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] | undefined };

export interface UpdateOptions {
  /** The caller's word that the change may cost what its bill says. */
  readonly accept?: boolean;
  /**
   * Puts a changed `system` to the top of the request, in place of the old one, also where the model could be told of it in a
   * message: the old one is then gone, and so is what hung on it. False unless told.
   */
  readonly swap?: boolean;
}

/** Stores changed settings, by the entries that {@link planSettingsChange} names. Errors: `bill_not_accepted` where they cost something. */
export async function changeSettings(writer: BranchWriter, change: SettingsChange, options: UpdateOptions & ProjectOptions): Promise<Bill> {
  const before = settingsAsTold(writer.path)!;
  const settings = ownSettings(
    Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)) as Settings,
  );
  requireSupported(settings, (options.models ?? MODEL_TABLE).facts(settings.model));
  const { bodies, bill } = planSettingsChange(writer.path, settings, options);
  if (!isFree(bill) && options.accept !== true) {
    throw new AntiphonError(
      "bill_not_accepted",
      `The change would cost ${bill.thinkingBlocks} thinking blocks and ${bill.cachedTokens} cached tokens. Pass { accept: true } to make it.`,
      { details: { bill } },
    );
  }
  const entries = bodies.map((body) => writer.draw(body));
  for (const entry of entries) if (entry.kind === "message") requireStorable(writer.path, entry, options);
  if (entries.length > 0) await writer.append(...entries);
  return bill;
}
