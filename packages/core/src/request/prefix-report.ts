import type { Boundary, Entry, MessageEntry } from "../conversation/entry.ts";
import { keepsCache, type Settings } from "../conversation/settings.ts";
import { settingsInForce } from "./boundaries.ts";
import { isMadeFor, type MadeFor } from "./made-for.ts";
import type { InvalidThinking } from "./thinking.ts";

/** How a request stands to the one before it on its path: known before it is sent. */
export interface PrefixReport {
  /**
   * Whether it says all that the last request said, for the same model, and goes on behind it; also where there was none.
   * `undefined` where nobody knows what the last one said, as of a reply that was imported.
   */
  readonly extendsLast: boolean | undefined;
  /** What changed it: the boundaries since the last reply, oldest first. */
  readonly changedBy: readonly { readonly entryId: string; readonly change: Boundary["type"] }[];
  /** Thinking on the path that does not belong behind this prefix, or to whom it is sent for. */
  readonly invalidThinking: readonly InvalidThinking[];
  /** Input tokens that the last request read from the cache or wrote to it and that this one cannot read: all of them or none, since the API does not say which were of what. */
  readonly cachedTokensLost: number;
}

export interface ReportOptions {
  /** The path from the last settled place on, with the last reply, and the settings in force before it. */
  readonly rest: readonly Entry[];
  readonly settingsBefore: Settings | undefined;
  readonly settings: Settings;
  readonly madeFor: MadeFor;
  /** The chain values between the messages of that stretch. */
  readonly chainValues: ReadonlySet<string>;
  readonly invalidThinking: readonly InvalidThinking[];
}

export function reportPrefix({ rest, settings, madeFor, chainValues, invalidThinking, ...before }: ReportOptions): PrefixReport {
  const at = rest.findLastIndex((entry) => entry.kind === "message" && entry.reply !== undefined);
  if (at === -1) return { extendsLast: true, changedBy: [], invalidThinking, cachedTokensLost: 0 };
  const { reply } = rest[at] as MessageEntry;
  const settingsThen = settingsInForce(rest.slice(0, at)) ?? before.settingsBefore;
  const isOfSameModel = settingsThen === undefined || settingsThen.model === settings.model;
  const isPrefix = reply!.prefixHash === undefined ? undefined : chainValues.has(reply!.prefixHash);
  const extendsLast = isOfSameModel ? isPrefix : false;
  const isCacheKept =
    extendsLast !== false && isMadeFor(reply!, madeFor) && (settingsThen === undefined || keepsCache(settingsThen, settings));
  return {
    extendsLast,
    changedBy: rest
      .slice(at + 1)
      .flatMap((entry) => (entry.kind === "boundary" ? [{ entryId: entry.id, change: entry.boundary.type }] : [])),
    invalidThinking,
    cachedTokensLost: isCacheKept ? 0 : cachedBy(reply!.usage),
  };
}

function cachedBy(usage: Readonly<Record<string, unknown>> | undefined): number {
  const counts = [usage?.["cache_read_input_tokens"], usage?.["cache_creation_input_tokens"]];
  return counts.reduce<number>((sum, count) => sum + (typeof count === "number" ? count : 0), 0);
}
