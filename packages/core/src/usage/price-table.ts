import { AntiphonError } from "../errors.ts";
import { modelFamily } from "../models/model-facts.ts";
import { unitPrice } from "./money.ts";
import { quoted } from "../quoted.ts";

/** Dollars for a million tokens, as text, as a price list prints them: `"0.125"`. */
export interface Rates {
  readonly input: string;
  readonly output: string;
  readonly cacheRead: string;
  readonly cacheWrite5m: string;
  readonly cacheWrite1h: string;
}

/** What a model costs from some day on, in dollars for a million tokens. */
export interface ModelPrice extends Rates {
  /** The first day, in UTC, on which this holds: `"2026-10-07"`. Absent on the first. */
  readonly from?: string;
  /** What requests cost whose prompt, cached tokens included, is longer. Without `rates` they have no price. */
  readonly longPrompt?: { readonly overTokens: number; readonly rates?: Rates };
  /** With `speed: "fast"`. */
  readonly fast?: Rates;
  /** Where it is from, and when it was read. */
  readonly source?: string;
}

/** A multiplier: `[11, 10]` is a tenth more. */
export type Factor = readonly [times: number, over: number];

/** What requests cost. Whatever is not in it has no price. */
export interface PriceTable {
  /** By model id or family (`claude-sonnet-4-5`), each price from its day on, oldest first. */
  readonly models: Readonly<Record<string, readonly ModelPrice[]>>;
  /** Dollars for 1,000 uses of a server tool, by the counter in `usage.server_tool_use`. */
  readonly serverTools: Readonly<Record<string, string>>;
  /** On all tokens, by `usage.service_tier`. A request that names none has none. */
  readonly serviceTiers: Readonly<Record<string, Factor>>;
  /** On all tokens, by `usage.inference_geo`. */
  readonly inferenceGeos: Readonly<Record<string, Factor>>;
}

/** {@link Rates} in pico-dollars for one token. */
export type TokenPrices = Readonly<Record<keyof Rates, bigint>>;

export interface ModelPrices {
  readonly from: number;
  readonly standard: TokenPrices;
  readonly longPrompt?: { readonly overTokens: number; readonly prices: TokenPrices | undefined };
  readonly fast: TokenPrices | undefined;
}

/** A price table, checked and ready to count with. */
export interface Prices {
  /** What a model cost at a time; undefined where that is not known. */
  of(model: string, at: number): ModelPrices | undefined;
  readonly serverTools: ReadonlyMap<string, bigint>;
  readonly serviceTiers: ReadonlyMap<string, Factor>;
  readonly inferenceGeos: ReadonlyMap<string, Factor>;
}

/**
 * Checks a price table. A caller's own is made from the list's: `definePrices({ ...LIST_PRICE_TABLE, models: { ... } })`.
 * Throws `invalid_input` for a price that is not written as one, a day that is none, and factors that leave fractions of a pico-dollar.
 */
export function definePrices(table: PriceTable): Prices {
  const models = new Map(
    Object.entries(table.models).map(([model, prices]) => [model, prices.map(modelPrices).toSorted((a, b) => a.from - b.from)]),
  );
  const serviceTiers = new Map(Object.entries(table.serviceTiers));
  const inferenceGeos = new Map(Object.entries(table.inferenceGeos));
  requireWhole([...models.values()].flat(), [...serviceTiers.values()], [...inferenceGeos.values()]);
  return Object.freeze({
    serverTools: new Map(Object.entries(table.serverTools).map(([name, dollars]) => [name, unitPrice(dollars, 1000)])),
    serviceTiers,
    inferenceGeos,
    of: (model: string, at: number) => (models.get(model) ?? models.get(listName(model)))?.findLast(({ from }) => from <= at),
  });
}

/** The name under which Anthropic's own API lists a model. Other platforms' spellings stay: their prices are their own. */
function listName(model: string): string {
  return /^claude-[\w-]+$/.test(model) ? modelFamily(model) : model;
}

function modelPrices({ from, longPrompt, fast, ...rates }: ModelPrice): ModelPrices {
  return {
    from: from === undefined ? Number.NEGATIVE_INFINITY : day(from),
    standard: tokenPrices(rates),
    fast: fast && tokenPrices(fast),
    ...(longPrompt && { longPrompt: { overTokens: longPrompt.overTokens, prices: longPrompt.rates && tokenPrices(longPrompt.rates) } }),
  };
}

function tokenPrices({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: Rates): TokenPrices {
  const price = (dollars: string): bigint => unitPrice(dollars, 1_000_000);
  return {
    input: price(input),
    output: price(output),
    cacheRead: price(cacheRead),
    cacheWrite5m: price(cacheWrite5m),
    cacheWrite1h: price(cacheWrite1h),
  };
}

function day(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new AntiphonError("invalid_input", `A price is from ${quoted(text)}, which is no day. Write it as "2026-10-07".`);
  return at;
}

/** Every price times every factor has to come out whole, or the sums would not be exact. */
function requireWhole(models: readonly ModelPrices[], tiers: readonly Factor[], geos: readonly Factor[]): void {
  const all = models.flatMap(({ standard, fast, longPrompt }) =>
    [standard, fast, longPrompt?.prices].flatMap((prices) => Object.values(prices ?? {})),
  );
  for (const tier of tiers.length > 0 ? tiers : [ONE]) {
    for (const geo of geos.length > 0 ? geos : [ONE]) {
      const factors = [...tier, ...geo];
      if (!factors.every((part) => Number.isSafeInteger(part) && part > 0))
        throw badFactor(factors, "is not made of whole numbers above 0");
      if (all.some((price) => (price * BigInt(tier[0] * geo[0])) % BigInt(tier[1] * geo[1]) !== 0n))
        throw badFactor(factors, "leaves fractions of a pico-dollar");
    }
  }
}

const ONE: Factor = [1, 1];

function badFactor([a, b, c, d]: readonly number[], why: string): AntiphonError {
  return new AntiphonError(
    "invalid_input",
    `The factor ${a}/${b} times ${c}/${d} ${why}. Change it, or write the prices with their factor.`,
  );
}
