import type { Entry } from "../conversation/entry.ts";
import { addTotals, addUsage, type UsageTotals } from "./usage-totals.ts";
import { requestsOf, type UsageRow } from "./usage-row.ts";

/** What a number of requests used. */
export interface UsageSum {
  readonly requests: number;
  /** Requests whose counts are what had been reported when they were cut off, or nothing: the true ones may be higher. */
  readonly unfinished: number;
  readonly totals: UsageTotals;
}

export const NO_USAGE: UsageSum = Object.freeze({ requests: 0, unfinished: 0, totals: Object.freeze({}) });

/** What the replies on a path used: everything from the root of the conversation to its tip. What paths share is in each of them. */
export function usageOf(path: readonly Entry[]): UsageSum {
  return sumUsage(requestsOf("", path));
}

/** The sum of rows. Each counts once, however often its id comes up. */
export function sumUsage(rows: Iterable<UsageRow>): UsageSum {
  const seen = new Set<string>();
  let sum = NO_USAGE;
  for (const row of rows) {
    if (seen.has(row.id)) continue;
    seen.add(row.id);
    sum = {
      requests: sum.requests + 1,
      unfinished: sum.unfinished + (row.end === "whole" ? 0 : 1),
      totals: addUsage(sum.totals, row.usage),
    };
  }
  return sum;
}

/** Two sums of different requests. Associative and commutative; {@link NO_USAGE} changes nothing. */
export function addUsageSums(one: UsageSum, other: UsageSum): UsageSum {
  return {
    requests: one.requests + other.requests,
    unfinished: one.unfinished + other.unfinished,
    totals: addTotals(one.totals, other.totals),
  };
}

/**
 * Sums by branch, turn or model. Branches hold disjoint requests, so that the sums of all branches are the conversation's: what
 * a branch shares with its parent is the parent's. Rows without a turn are under `undefined`.
 */
export function sumUsageBy<Key extends "branchId" | "turnId" | "model" | "conversationId">(
  rows: Iterable<UsageRow>,
  key: Key,
): ReadonlyMap<UsageRow[Key], UsageSum> {
  const groups = new Map<UsageRow[Key], UsageRow[]>();
  const seen = new Set<string>();
  for (const row of rows) {
    if (seen.has(row.id)) continue;
    seen.add(row.id);
    const group = groups.get(row[key]);
    if (group === undefined) groups.set(row[key], [row]);
    else group.push(row);
  }
  return new Map([...groups].map(([value, group]) => [value, sumUsage(group)]));
}
