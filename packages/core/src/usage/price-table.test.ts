import { describe, expect, test } from "vitest";

import { LIST_PRICE_TABLE } from "./list-prices.ts";
import { definePrices, type PriceTable } from "./price-table.ts";

const card = { input: "1", output: "5", cacheRead: "0.1", cacheWrite5m: "1.25", cacheWrite1h: "2" };
const table = (changes: Partial<PriceTable>): PriceTable => ({
  models: { mine: [card] },
  serverTools: {},
  serviceTiers: {},
  inferenceGeos: {},
  ...changes,
});

test("a caller's table stands in for the list, or on top of it", () => {
  const own = definePrices(table({}));
  expect(own.of("mine", 0)?.standard).toEqual({
    input: 1_000_000n,
    output: 5_000_000n,
    cacheRead: 100_000n,
    cacheWrite5m: 1_250_000n,
    cacheWrite1h: 2_000_000n,
  });
  expect(own.of("claude-opus-5", 0)).toBeUndefined();
  const both = definePrices({
    ...LIST_PRICE_TABLE,
    models: { ...LIST_PRICE_TABLE.models, "anthropic.claude-opus-5": [card], "claude-opus-5": [card] },
  });
  expect(both.of("anthropic.claude-opus-5", 0)?.standard.input).toBe(1_000_000n);
  expect(both.of("claude-opus-5", 0)?.standard.input).toBe(1_000_000n);
  expect(both.of("claude-haiku-4-5", 0)?.standard.input).toBe(1_000_000n);
});

test("of several prices the last one that had begun holds, in whatever order they stand", () => {
  const prices = definePrices(
    table({ models: { mine: [{ ...card, input: "3", from: "2026-03-01" }, card, { ...card, input: "2", from: "2026-02-01" }] } }),
  );
  const input = (day: string) => prices.of("mine", Date.parse(day))?.standard.input;
  expect([input("2026-01-31"), input("2026-02-01"), input("2026-02-28T23:59:59.999Z"), input("2026-03-01")]).toEqual([
    1_000_000n,
    2_000_000n,
    2_000_000n,
    3_000_000n,
  ]);
});

test("before its first price a model has none", () => {
  const prices = definePrices(table({ models: { mine: [{ ...card, from: "2026-03-01" }] } }));
  expect(prices.of("mine", Date.parse("2026-02-28"))).toBeUndefined();
});

describe("a table with a mistake is refused with what to do", () => {
  test.each([
    [
      "a price that arithmetic has blurred",
      { models: { mine: [{ ...card, input: String(0.1 + 0.2) }] } },
      /"0.30000000000000004" is no price. Write dollars as digits/,
    ],
    ["a price in a sentence", { serverTools: { web_search_requests: "10 dollars" } }, /"10 dollars" is no price/],
    ["a day that is none", { models: { mine: [{ ...card, from: "tomorrow" }] } }, /"tomorrow", which is no day/],
    ["a day that never was", { models: { mine: [{ ...card, from: "2026-13-01" }] } }, /"2026-13-01", which is no day/],
    ["a factor of zero", { serviceTiers: { free: [0, 1] as const } }, /factor 0\/1 times 1\/1 is not made of whole numbers/],
    ["a factor with a fraction", { inferenceGeos: { us: [1.1, 1] as const } }, /1\/1 times 1.1\/1 is not made of whole numbers/],
    [
      "a factor that does not come out",
      { models: { mine: [{ ...card, input: "0.0001" }] }, serviceTiers: { third: [1, 3] as const } },
      /1\/3 times 1\/1 leaves fractions/,
    ],
  ])("%s", (_what, changes, message) => {
    expect(() => definePrices(table(changes))).toThrow(
      expect.objectContaining({ code: "invalid_input", message: expect.stringMatching(message) as string }),
    );
  });
});
