/** Token counts summed over requests, by the API's own names. A count that no request reported is absent. */
export interface UsageTotals {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  readonly cache_read_input_tokens?: number;
}

const COUNTS = ["input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"] as const;

/** Adds one request's `usage`, whatever else it holds. */
export function addUsage(totals: UsageTotals, usage: unknown): UsageTotals {
  const reported = (usage ?? {}) as Readonly<Record<string, unknown>>;
  const sums: Record<string, number> = { ...totals };
  for (const name of COUNTS) {
    const count = reported[name];
    if (typeof count === "number") sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
