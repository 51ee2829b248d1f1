import { definePrices, type ModelPrice, type Prices, type PriceTable, type Rates } from "./price-table.ts";

const PRICING = "https://platform.claude.com/docs/en/about-claude/pricing";
const MODELS = "https://platform.claude.com/docs/en/models";
const IN_MARCH = `${PRICING} (2026-03)`;
const IN_SEPTEMBER = `${PRICING} (2026-09)`;
const FAST_MODE = `fast mode: ${PRICING}#fast-mode-pricing (2026-09)`;
// A reseller, and a program that reads Anthropic's page; they agree. The page itself was not to be had at this date.
const FABLE_5_2 =
  "https://docs.laozhang.ai/en/announcements/claude-fable-5-2-2026-11.md ; https://github.com/archid21/rightsize/releases/tag/v0.10.2 (third parties, 2026-11)";
const CHEAPER_READS = `${MODELS}/haiku-5-5/overview: cache reads at 5 % of the input (2026-10) ; the day: https://github.com/kurofune/claudit/releases/tag/v1.9.2 (third party)`;

/**
 * List prices of Anthropic's own API in US dollars, as its documentation states them, each with its page and the month in which it
 * was read. Discounts, credits and other platforms' prices are not in it. A model whose prices nobody stated is absent.
 * The columns are the documentation's: a million tokens of input, of cache writes for 5 minutes and for an hour, of cache reads, of output.
 */
export const LIST_PRICE_TABLE: PriceTable = Object.freeze<PriceTable>({
  models: {
    "claude-fable-5-2": [price("8 | 10 | 16 | 0.20 | 40", FABLE_5_2)],
    "claude-fable-5-1": [price("10 | 12.50 | 20 | 0.25 | 50", IN_SEPTEMBER)],
    "claude-mythos-5-1": [price("10 | 12.50 | 20 | 0.25 | 50", IN_SEPTEMBER)],
    "claude-fable-5": [price("10 | 12.50 | 20 | 1 | 50", IN_SEPTEMBER)],
    "claude-mythos-5": [price("10 | 12.50 | 20 | 1 | 50", IN_SEPTEMBER)],
    "claude-opus-5-5": [
      { ...price("4 | 5 | 8 | 0.20 | 20", `${MODELS}/opus-5-5/overview (2026-10) ; ${FAST_MODE}`), fast: rates("8 | 10 | 16 | 0.40 | 40") },
    ],
    "claude-opus-5": [withFast(price("5 | 6.25 | 10 | 0.50 | 25", `${IN_SEPTEMBER} ; ${FAST_MODE}`))],
    "claude-opus-4-8": [withFast(price("5 | 6.25 | 10 | 0.50 | 25", `${IN_SEPTEMBER} ; ${FAST_MODE}`))],
    "claude-opus-4-7": [price("5 | 6.25 | 10 | 0.50 | 25", IN_SEPTEMBER)],
    "claude-opus-4-6": [price("5 | 6.25 | 10 | 0.50 | 25", IN_SEPTEMBER)],
    "claude-opus-4-5": [price("5 | 6.25 | 10 | 0.50 | 25", IN_SEPTEMBER)],
    "claude-opus-4-1": [price("15 | 18.75 | 30 | 1.50 | 75", IN_SEPTEMBER)],
    "claude-opus-4": [price("15 | 18.75 | 30 | 1.50 | 75", IN_SEPTEMBER)],
    "claude-sonnet-5-5": [
      price("2 | 2.50 | 4 | 0.20 | 10", `${MODELS}/sonnet-5-5/overview (2026-09)`),
      { ...price("2 | 2.50 | 4 | 0.10 | 10", CHEAPER_READS), from: "2026-10-07" },
    ],
    "claude-sonnet-5": [price("2 | 2.50 | 4 | 0.20 | 10", `${MODELS}/sonnet-5/overview (2026-09)`)],
    "claude-sonnet-4-6": [price("3 | 3.75 | 6 | 0.30 | 15", IN_MARCH)],
    "claude-sonnet-4-5": [upTo200k(price("3 | 3.75 | 6 | 0.30 | 15", IN_MARCH))],
    "claude-sonnet-4": [upTo200k(price("3 | 3.75 | 6 | 0.30 | 15", IN_MARCH))],
    "claude-3-7-sonnet": [price("3 | 3.75 | 6 | 0.30 | 15", IN_MARCH)],
    "claude-haiku-5-5": [
      {
        ...price("0.10 | 0.125 | 0.20 | 0.01 | 0.50", `${MODELS}/haiku-5-5/overview (2026-10)`),
        longPrompt: { overTokens: 100_000, rates: rates("0.50 | 0.625 | 1 | 0.05 | 2.50") },
      },
    ],
    "claude-haiku-4-5": [price("1 | 1.25 | 2 | 0.10 | 5", IN_MARCH)],
    "claude-3-5-haiku": [price("0.80 | 1 | 1.60 | 0.08 | 4", IN_MARCH)],
    "claude-3-opus": [price("15 | 18.75 | 30 | 1.50 | 75", IN_MARCH)],
    "claude-3-haiku": [price("0.25 | 0.30 | 0.50 | 0.03 | 1.25", IN_MARCH)],
  },
  // Code execution is billed by container time, of which `usage` says nothing. Source: PRICING#specific-tool-pricing (2026-09).
  serverTools: { web_search_requests: "10", web_fetch_requests: "0" },
  // Batches: half of everything, caching included. Priority is what a contract says. Source: PRICING#batch-processing (2026-09).
  serviceTiers: { standard: [1, 1], batch: [1, 2] },
  // Source: PRICING#data-residency-pricing (2026-09); `not_available` is recorded on replies of models without the parameter.
  inferenceGeos: { global: [1, 1], not_available: [1, 1], us: [11, 10] },
});

/** {@link LIST_PRICE_TABLE}, ready to count with. */
export const LIST_PRICES: Prices = definePrices(LIST_PRICE_TABLE);

function price(columns: string, source: string): ModelPrice {
  return { ...rates(columns), source };
}

function rates(columns: string): Rates {
  const [input = "", cacheWrite5m = "", cacheWrite1h = "", cacheRead = "", output = ""] = columns.split(" | ");
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}

/** Opus at 5 and 25 dollars is 10 and 50 in fast mode, with the same multipliers for caching. */
function withFast(standard: ModelPrice): ModelPrice {
  return { ...standard, fast: rates("10 | 12.50 | 20 | 1 | 50") };
}

/** Longer prompts were a beta with a surcharge, which the page does not list any more. */
function upTo200k(standard: ModelPrice): ModelPrice {
  return { ...standard, longPrompt: { overTokens: 200_000 } };
}
