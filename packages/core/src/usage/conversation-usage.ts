import { type Cost, costOf } from "./cost.ts";
import { LIST_PRICES } from "./list-prices.ts";
import type { Prices } from "./price-table.ts";
import { sumUsage, type UsageSum } from "./sum-usage.ts";
import type { UsageRow } from "./usage-row.ts";
import { AntiphonError } from "../errors.ts";
import { quoted } from "../quoted.ts";

/** What a number of requests used, and what that costs. */
export interface UsageAccount extends UsageSum {
  readonly cost: Cost;
}

/** What a conversation used. A request counts once in each of these, however many branches share its reply. */
export interface ConversationUsage {
  /** All that was ever asked in it, on every branch, sent later or not. */
  readonly conversation: UsageAccount;
  /** What lies on the path of the handle, from the root to its tip. */
  readonly path: UsageAccount;
  /** By branch, what was asked on it. Together they are the conversation's. */
  readonly branches: ReadonlyMap<string, UsageAccount>;
  /** By the entry of a turn's input, whatever branches its requests were made on. Requests that nobody asked for are under `undefined`. */
  readonly turns: ReadonlyMap<string | undefined, UsageAccount>;
}

/** By which prices usage is made into cost. */
export interface UsageOptions {
  /** By what a request costs: Anthropic's list prices unless told. */
  readonly prices?: Prices;
}

/** Adds rows up. Pure. A row whose id comes up again counts once. */
export function conversationUsage(
  { all, path }: { readonly all: readonly UsageRow[]; readonly path: readonly UsageRow[] },
  { prices = LIST_PRICES }: UsageOptions = {},
): ConversationUsage {
  if (typeof (prices as Partial<Prices> | null)?.of !== "function")
    throw new AntiphonError("invalid_input", `\`prices\` is ${quoted(prices)}. Give it what \`definePrices\` returns, or leave it out.`);
  const account = (of: readonly UsageRow[]): UsageAccount => ({ ...sumUsage(of), cost: costOf(of, prices) });
  const rows = [...new Map(all.map((row) => [row.id, row])).values()];
  const by = <Key extends "branchId" | "turnId">(key: Key): ReadonlyMap<UsageRow[Key], UsageAccount> =>
    new Map([...Map.groupBy(rows, (row) => row[key])].map(([value, group]) => [value, account(group)]));
  return { conversation: account(rows), path: account(path), branches: by("branchId"), turns: by("turnId") };
}
