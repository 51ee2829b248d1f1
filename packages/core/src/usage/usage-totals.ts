import { readUsage } from "./read-usage.ts";

/**
 * Token counts summed over requests, by the API's own names: everything that was processed, compactions and advisors
 * included. A count that no request reported is absent, and so is a breakdown of which nothing is above zero.
 */
export interface UsageTotals {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  readonly cache_read_input_tokens?: number;
  /** Of `cache_creation_input_tokens`, by how long they are kept; what the API did not split is in neither. */
  readonly cache_creation?: Readonly<Record<string, number>>;
  /** Of `output_tokens`. */
  readonly output_tokens_details?: Readonly<Record<string, number>>;
  /** Uses of server tools. */
  readonly server_tool_use?: Readonly<Record<string, number>>;
}

/** Adds one request's `usage`, whatever else it holds. */
export function addUsage(totals: UsageTotals, usage: unknown): UsageTotals {
  return addTotals(totals, totalsOf(usage));
}

/** The sum of two. Associative and commutative; `{}` changes nothing. */
export function addTotals(one: UsageTotals, other: UsageTotals): UsageTotals {
  return sumFields(one, other);
}

/** One request's counts, its iterations added up. */
function totalsOf(usage: unknown): UsageTotals {
  const { parts, thinkingTokens, serverTools } = readUsage(usage);
  const sum = (of: (part: (typeof parts)[number]) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const reported = (typeof usage === "object" && usage !== null ? usage : {}) as Readonly<Record<string, unknown>>;
  const sums = {
    input_tokens: sum(({ input }) => input),
    output_tokens: sum(({ output }) => output),
    cache_creation_input_tokens: sum(({ cacheWrite5m, cacheWrite1h, cacheWrite }) => cacheWrite5m + cacheWrite1h + cacheWrite),
    cache_read_input_tokens: sum(({ cacheRead }) => cacheRead),
  };
  const split = {
    ephemeral_5m_input_tokens: sum(({ cacheWrite5m }) => cacheWrite5m),
    ephemeral_1h_input_tokens: sum(({ cacheWrite1h }) => cacheWrite1h),
  };
  return {
    ...Object.fromEntries(Object.entries(sums).filter(([name, value]) => value > 0 || typeof reported[name] === "number")),
    ...someOf("cache_creation", split),
    ...someOf("output_tokens_details", { thinking_tokens: thinkingTokens }),
    ...someOf("server_tool_use", serverTools),
  };
}

function someOf(name: keyof UsageTotals, counts: Readonly<Record<string, number>>): UsageTotals {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.length > 0 ? { [name]: Object.fromEntries(some) } : {};
}

/** Adds number to number, and breakdown to breakdown. */
function sumFields<Counts extends object>(one: Counts, other: Counts): Counts {
  const sums: Record<string, unknown> = Object.fromEntries(Object.entries(one));
  for (const [name, value] of Object.entries(other)) {
    const before = sums[name];
    if (typeof value === "number") sums[name] = value + (typeof before === "number" ? before : 0);
    else if (value !== undefined) sums[name] = sumFields<object>(before ?? {}, value as object);
  }
  return sums as Counts;
}
