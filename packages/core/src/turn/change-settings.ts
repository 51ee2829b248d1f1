import { type Bill, isFree, NO_BILL } from "../conversation/bill.ts";
import { keepsPrefix, type Settings } from "../conversation/settings.ts";
import { AntiphonError } from "../errors.ts";
import { applyBoundaries, settingsInForce } from "../request/boundaries.ts";
import { isThinking } from "../request/sendable.ts";
import { modelFacts } from "../models/model-facts.ts";
import type { BranchWriter } from "../store/branch-writer.ts";

/** Settings to set; `undefined` removes one. */
export type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] | undefined };

export interface UpdateOptions {
  /** The caller's word that the change may cost what its bill says. */
  readonly accept?: boolean;
}

/** Stores changed settings: as a boundary with its bill where the sent prefix changes, else as a plain entry. */
export async function changeSettings(writer: BranchWriter, change: SettingsChange, options: UpdateOptions): Promise<Bill> {
  const before = settingsInForce(writer.path)!;
  const settings = Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)) as Settings;
  if (keepsPrefix(before, settings)) {
    if (JSON.stringify(before) !== JSON.stringify(settings)) await writer.append(writer.draw({ kind: "settings", settings }));
    return NO_BILL;
  }
  const bill = settingsBill(writer, before);
  if (!isFree(bill) && options.accept !== true) {
    throw new AntiphonError(
      "bill_not_accepted",
      `The change would cost ${bill.thinkingBlocks} thinking blocks and ${bill.cachedTokens} cached tokens. Pass { accept: true } to make it.`,
      { details: { bill } },
    );
  }
  await writer.append(writer.draw({ kind: "boundary", boundary: { type: "settings", settings }, bill }));
  return bill;
}

/** A change of system, tools or model changes the prefix from its first byte: everything cached and every bound thought is lost. */
function settingsBill(writer: BranchWriter, before: Settings): Bill {
  const sent = applyBoundaries(writer.path);
  const bound = modelFacts(before.model)?.boundThinking === true;
  const usage = sent.findLast((message) => message.reply !== undefined)?.reply?.usage;
  const cached = [usage?.cache_read_input_tokens, usage?.cache_creation_input_tokens];
  return {
    thinkingBlocks: bound ? sent.reduce((sum, message) => sum + message.content.filter(isThinking).length, 0) : 0,
    cachedTokens: cached.reduce<number>((sum, count) => sum + (typeof count === "number" ? count : 0), 0),
    toolPairs: 0,
  };
}
