import { type Bill, isFree, NO_BILL } from "../conversation/bill.ts";
import type { Entry, MessageEntry } from "../conversation/entry.ts";
import { keepsCache, keepsPrefix, ownSettings, type Settings } from "../conversation/settings.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { requireSupported } from "../models/check-settings.ts";
import { MODEL_TABLE } from "../models/model-catalog.ts";
import { settingsInForce } from "../request/boundaries.ts";
import { project, type ProjectOptions } from "../request/project.ts";
import { isThinking } from "../request/sendable.ts";
import type { BranchWriter } from "../store/branch-writer.ts";

/** Settings to set; `undefined` removes one. */
export type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] | undefined };

export interface UpdateOptions {
  /** The caller's word that the change may cost what its bill says. */
  readonly accept?: boolean;
}

/** Stores changed settings: as a boundary with its bill where the sent prefix changes or its cache is lost, else as a plain entry. */
export async function changeSettings(writer: BranchWriter, change: SettingsChange, options: UpdateOptions & ProjectOptions): Promise<Bill> {
  const before = settingsInForce(writer.path)!;
  const settings = ownSettings(
    Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)) as Settings,
  );
  requireSupported(settings, (options.models ?? MODEL_TABLE).facts(settings.model));
  const bill = keepsCache(before, settings) ? NO_BILL : settingsBill(writer.path, settings, options);
  if (keepsPrefix(before, settings) && isFree(bill)) {
    if (JSON.stringify(before) !== JSON.stringify(settings)) await writer.append(writer.draw({ kind: "settings", settings }));
    return NO_BILL;
  }
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

/** What the next request lacks behind the change: thinking that it drops, and all that was cached (how much of it were tools and system, that may stay, is not told). */
function settingsBill(path: readonly Entry[], settings: Settings, projecting: ProjectOptions): Bill {
  const boundary = {
    id: "",
    createdAt: 0,
    branchId: "",
    seq: path.length + 1,
    kind: "boundary",
    boundary: { type: "settings", settings },
    bill: NO_BILL,
  } as const;
  const after = thinkingSent([...path, boundary], projecting);
  return {
    thinkingBlocks: [...thinkingSent(path, projecting)].filter((block) => !after.has(block)).length,
    cachedTokens: cachedTokens(path),
    toolPairs: 0,
  };
}

/** The blocks themselves: thinking that comes back does not make up for thinking that goes. */
function thinkingSent(path: readonly Entry[], projecting: ProjectOptions): Set<ContentBlock> {
  return new Set(project(path, projecting).body.messages.flatMap(({ content }) => content.filter(isThinking)));
}

/** As the last reply reports it. One from before an earlier change tells of a cache that is lost already. */
function cachedTokens(path: readonly Entry[]): number {
  const change = path.findLastIndex((entry) => entry.kind === "boundary" && entry.boundary.type === "settings");
  const last = path.slice(change + 1).findLast((entry): entry is MessageEntry => entry.kind === "message" && entry.reply !== undefined);
  const counts = [last?.reply?.usage?.cache_read_input_tokens, last?.reply?.usage?.cache_creation_input_tokens];
  return counts.reduce<number>((sum, count) => sum + (typeof count === "number" ? count : 0), 0);
}
