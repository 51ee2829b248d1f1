import { LIST_PRICES } from "./list-prices.ts";
import type { Factor, Prices, TokenPrices } from "./price-table.ts";
import { readUsage, type RequestUsage, type UsagePart } from "./read-usage.ts";
import type { UsageRow } from "./usage-row.ts";

/** Why a request has no sure price. Documented in docs/usage.md. */
export type GapReason =
  | "no-price"
  | "no-usage"
  | "cut-off"
  | "refusal"
  | "fallback"
  | "service-tier"
  | "inference-geo"
  | "speed"
  | "prompt-length"
  | "cache-lifetime"
  | "iteration"
  | "server-tool";

/** One thing of a request that has no sure price, and why. */
export interface CostGap {
  /** The row's id. */
  readonly requestId: string;
  readonly reason: GapReason;
  /** The value that has no price: a model, a tier, a counter. */
  readonly value?: string;
}

/** What requests cost, in pico-dollars: whole numbers, so that sums are exact. `formatDollars` writes them. */
export interface Cost {
  /** All of it. `undefined` where anything has no sure price: it is never guessed. */
  readonly picoDollars: bigint | undefined;
  /** What has a price. Where a reply was cut off, what it had used when it last said so. */
  readonly pricedPicoDollars: bigint;
  readonly gaps: readonly CostGap[];
}

export const NO_COST: Cost = Object.freeze({ picoDollars: 0n, pricedPicoDollars: 0n, gaps: Object.freeze([]) });

/** What requests cost by a price table; by Anthropic's list prices unless told. Each counts once, however often its id comes up. */
export function costOf(rows: Iterable<UsageRow>, prices: Prices = LIST_PRICES): Cost {
  const seen = new Set<string>();
  const gaps: CostGap[] = [];
  let sum = 0n;
  for (const row of rows) {
    if (seen.has(row.id)) continue;
    seen.add(row.id);
    sum += priceRow(row, prices, (reason, value) => gaps.push({ requestId: row.id, reason, ...(value !== undefined && { value }) }));
  }
  return { picoDollars: gaps.length === 0 ? sum : undefined, pricedPicoDollars: sum, gaps };
}

/** The cost of different requests together. Associative; {@link NO_COST} changes nothing. */
export function addCosts(one: Cost, other: Cost): Cost {
  const known = one.picoDollars !== undefined && other.picoDollars !== undefined;
  const pricedPicoDollars = one.pricedPicoDollars + other.pricedPicoDollars;
  return { picoDollars: known ? pricedPicoDollars : undefined, pricedPicoDollars, gaps: [...one.gaps, ...other.gaps] };
}

type ReportGap = (reason: GapReason, value?: string) => void;

/** What has a price in one request; the rest is reported as gaps. */
function priceRow(row: UsageRow, prices: Prices, gap: ReportGap): bigint {
  if (row.end === "nothing" && row.status !== undefined) return 0n;
  if (row.usage === undefined) {
    gap("no-usage");
    return 0n;
  }
  const usage = readUsage(row.usage);
  if (row.stopReason === "refusal") gap("refusal");
  else if (usage.credited || usage.parts.some(({ type }) => type === "fallback_message")) gap("fallback");
  else {
    if (row.end !== "whole") gap("cut-off");
    return priceTokens(row, usage, prices, gap) + priceServerTools(usage, prices, gap);
  }
  return 0n;
}

function priceTokens(row: UsageRow, usage: RequestUsage, prices: Prices, gap: ReportGap): bigint {
  const tier = factorOf(usage.serviceTier, prices.serviceTiers);
  const geo = factorOf(usage.inferenceGeo, prices.inferenceGeos);
  if (tier === undefined) gap("service-tier", usage.serviceTier);
  if (geo === undefined) gap("inference-geo", usage.inferenceGeo);
  if (tier === undefined || geo === undefined) return 0n;
  let sum = 0n;
  for (const part of usage.parts) {
    if (promptOf(part) + part.output === 0) continue;
    const found = pricesOf(part, row, usage, prices);
    if ("reason" in found) gap(found.reason, found.value);
    else sum += priceCounts(part, found, gap);
  }
  return (sum * BigInt(tier[0] * geo[0])) / BigInt(tier[1] * geo[1]);
}

/** The prices for a part of a request, which may be another model's than the request, or why it has none. */
function pricesOf(part: UsagePart, row: UsageRow, usage: RequestUsage, prices: Prices): TokenPrices | Pick<CostGap, "reason" | "value"> {
  if (!PRICED.has(part.type)) return { reason: "iteration", value: part.type };
  const model = part.model ?? row.model;
  const found = prices.of(model, row.at);
  if (found === undefined) return { reason: "no-price", value: model };
  if (usage.speed !== undefined && usage.speed !== "standard") {
    // Fast is a mode of the request's own model; whether an advisor runs in it is not said.
    const fast = usage.speed === "fast" && usage.serviceTier !== "batch" && part.type !== "advisor_message" ? found.fast : undefined;
    return fast ?? { reason: "speed", value: `${model} ${usage.speed}` };
  }
  const { longPrompt } = found;
  if (longPrompt === undefined) return found.standard;
  const long = isLong(part, usage, longPrompt.overTokens);
  const banded = long === undefined ? undefined : long ? longPrompt.prices : found.standard;
  return banded ?? { reason: "prompt-length", value: model };
}

/** Iterations that are billed as what they are, at their model's rates. */
const PRICED: ReadonlySet<string> = new Set(["message", "compaction", "advisor_message"]);

/** Whether the prompt is over a limit; undefined where the samplings of one request are on both sides of it, as nobody says which counts. */
function isLong(part: UsagePart, usage: RequestUsage, overTokens: number): boolean | undefined {
  const long = promptOf(part) > overTokens;
  if (part.type !== "message") return long;
  const own = usage.parts.filter(({ type }) => type === "message").map(promptOf);
  const sides = [...own, own.reduce((sum, prompt) => sum + prompt, 0)].map((prompt) => prompt > overTokens);
  return sides.every((side) => side === long) ? long : undefined;
}

function promptOf({ input, cacheRead, cacheWrite5m, cacheWrite1h, cacheWrite }: UsagePart): number {
  return input + cacheRead + cacheWrite5m + cacheWrite1h + cacheWrite;
}

function priceCounts(part: UsagePart, price: TokenPrices, gap: ReportGap): bigint {
  if (part.cacheWrite > 0) gap("cache-lifetime");
  return (
    BigInt(part.input) * price.input +
    BigInt(part.output) * price.output +
    BigInt(part.cacheRead) * price.cacheRead +
    BigInt(part.cacheWrite5m) * price.cacheWrite5m +
    BigInt(part.cacheWrite1h) * price.cacheWrite1h
  );
}

function priceServerTools(usage: RequestUsage, prices: Prices, gap: ReportGap): bigint {
  let sum = 0n;
  for (const [counter, uses] of Object.entries(usage.serverTools)) {
    const price = prices.serverTools.get(counter);
    if (price === undefined) gap("server-tool", counter);
    else sum += BigInt(uses) * price;
  }
  return sum;
}

/** What the API does not name does not apply. */
function factorOf(name: string | undefined, factors: ReadonlyMap<string, Factor>): Factor | undefined {
  return name === undefined ? [1, 1] : factors.get(name);
}
