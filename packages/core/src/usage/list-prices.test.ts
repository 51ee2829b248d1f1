import { describe, expect, test } from "vitest";

import { knownModels } from "../models/model-facts.ts";
import { LIST_PRICE_TABLE, LIST_PRICES } from "./list-prices.ts";
import type { Rates } from "./price-table.ts";

const rows = Object.entries(LIST_PRICE_TABLE.models).flatMap(([model, prices]) => prices.map((price) => ({ model, price })));
const cards = rows.flatMap(({ model, price }): { readonly model: string; readonly card: Rates }[] => [
  { model, card: price },
  ...(price.fast ? [{ model, card: price.fast }] : []),
  ...(price.longPrompt?.rates ? [{ model, card: price.longPrompt.rates }] : []),
]);

describe("the list prices", () => {
  test("say where each is from and when it was read, and are of models that the model table knows", () => {
    for (const { model, price } of rows) {
      expect([model, price.source]).toEqual([model, expect.stringMatching(/^https:\/\/\S+.*2026-\d\d\)|^https:\/\/\S+.*\(third part/)]);
      expect(knownModels()).toContain(model);
    }
  });

  test("have the documentation's multipliers between input and cache: 1.25 for 5 minutes, 2 for an hour, a tenth or less for a read", () => {
    for (const { model, card } of cards) {
      // The page rounds the oldest Haiku's.
      if (model === "claude-3-haiku") continue;
      const input = Number(card.input);
      expect([model, Number(card.cacheWrite5m), Number(card.cacheWrite1h)]).toEqual([
        model,
        expect.closeTo(input * 1.25, 9),
        expect.closeTo(input * 2, 9),
      ]);
      expect(Number(card.cacheRead)).toBeLessThanOrEqual(input / 10 + 1e-9);
      expect(Number(card.output)).toBeCloseTo(input * 5, 9);
    }
  });

  test("are absent where nobody stated them", () => {
    expect(knownModels().filter((model) => LIST_PRICE_TABLE.models[model] === undefined)).toEqual(
      expect.arrayContaining(["claude-mythos-5-2", "claude-mythos-preview"]),
    );
    expect(LIST_PRICES.of("claude-mythos-5-2", 0)).toBeUndefined();
  });

  test("are dated: a cached read of Sonnet 5.5 became cheaper on 7 October 2026", () => {
    const read = (day: string) => LIST_PRICES.of("claude-sonnet-5-5", Date.parse(day))?.standard.cacheRead;
    expect([read("2026-10-06T23:59:59Z"), read("2026-10-07T00:00:00Z")]).toEqual([200_000n, 100_000n]);
  });

  test.each(["claude-opus-4-5", "claude-opus-4-5-20251101"])("are found by alias and snapshot: %s", (id) => {
    expect(LIST_PRICES.of(id, 0)?.standard.input).toBe(5_000_000n);
  });

  test.each(["us.anthropic.claude-opus-4-5-20251101-v1:0", "anthropic.claude-opus-4-5", "claude-opus-4-5@20251101", "mystery-1"])(
    "are not those of another platform: %s",
    (id) => {
      expect(LIST_PRICES.of(id, 0)).toBeUndefined();
    },
  );
});
