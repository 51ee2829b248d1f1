import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { row, usageObject } from "../../test/usage-objects.ts";
import { addCosts, costOf, NO_COST } from "./cost.ts";
import { formatDollars } from "./money.ts";
import type { UsageRow } from "./usage-row.ts";

const M = 1_000_000;

const dollars = (...rows: readonly UsageRow[]): string => formatDollars(costOf(rows).picoDollars!);

describe("a request costs its tokens at its model's prices", () => {
  const writes = (write5m: number, write1h: number) => ({
    cache_creation_input_tokens: write5m + write1h,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
  });
  const mixed = { input_tokens: 1000, output_tokens: 100, cache_read_input_tokens: 10_000, ...writes(200, 300) };

  // The first two are the worked example of the documentation's pricing page.
  test.each([
    ["input and output", row({ input_tokens: 50_000, output_tokens: 15_000 }), "0.625"],
    ["with cached input", row({ input_tokens: 10_000, cache_read_input_tokens: 40_000, output_tokens: 15_000 }), "0.445"],
    ["each kind of cache write", row(mixed), "0.01675"],
    ["an older Haiku", row({ input_tokens: 1, output_tokens: 1 }, { model: "claude-3-haiku-20240307" }), "0.0000015"],
    ["half of all that in a batch", row({ ...mixed, service_tier: "batch" }), "0.008375"],
    ["a tenth more in the US", row({ ...mixed, inference_geo: "us" }), "0.018425"],
    ["both", row({ ...mixed, inference_geo: "us", service_tier: "batch" }), "0.0092125"],
    ["fast mode", row({ ...mixed, speed: "fast" }), "0.0335"],
    [
      "fast mode of Opus 5.5, with its cheap reads",
      row({ cache_read_input_tokens: M, speed: "fast" }, { model: "claude-opus-5-5" }),
      "0.40",
    ],
    [
      "standard speed and tier, by name",
      row({ ...mixed, speed: "standard", service_tier: "standard", inference_geo: "global" }),
      "0.01675",
    ],
    ["searches, and fetches for nothing", row({ server_tool_use: { web_search_requests: 3, web_fetch_requests: 9 } }), "0.03"],
    [
      "a short prompt of Haiku 5.5",
      row({ input_tokens: 60_000, cache_read_input_tokens: 40_000, output_tokens: 1000 }, { model: "claude-haiku-5-5" }),
      "0.0069",
    ],
    [
      "a long one, output included",
      row({ input_tokens: 60_001, cache_read_input_tokens: 40_000, output_tokens: 1000 }, { model: "claude-haiku-5-5" }),
      "0.0345005",
    ],
    ["nothing where nothing was used", row({ input_tokens: 0, output_tokens: 0 }, { model: "mystery-1" }), "0.00"],
    ["nothing where the API did not take it", row(undefined, { end: "nothing", outcome: "failed", status: 529 }), "0.00"],
  ])("%s", (_what, request, cost) => {
    expect(costOf([request]).gaps).toEqual([]);
    expect(dollars(request)).toBe(cost);
  });

  test("a compaction at its own model's prices, an advisor at the advisor's", () => {
    const usage = {
      input_tokens: 1000,
      output_tokens: 100,
      iterations: [
        { type: "compaction", input_tokens: 50_000, output_tokens: 1000 },
        { type: "advisor_message", model: "claude-opus-4-8", input_tokens: 2000, output_tokens: 200 },
        { type: "message", input_tokens: 1000, output_tokens: 100 },
      ],
    };
    // 51,000 and 1,100 tokens of Sonnet 5 at 2 and 10 dollars, 2,000 and 200 of Opus 4.8 at 5 and 25.
    expect(dollars(row(usage, { model: "claude-sonnet-5" }))).toBe("0.128");
  });

  test("requests before a price changed cost what it was", () => {
    const usage = { cache_read_input_tokens: M };
    const sonnet = { model: "claude-sonnet-5-5" };
    expect(dollars(row(usage, { ...sonnet, at: Date.parse("2026-10-01") }), row(usage, sonnet))).toBe("0.30");
  });
});

describe("cost is linear", () => {
  const request = usageObject.map((usage) => row(usage));

  test("the cost of requests together is the sum of their costs, in any grouping, and each counts once", () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), fc.nat(), (rows, cut) => {
        const whole = costOf(rows);
        const at = rows.length === 0 ? 0 : cut % rows.length;
        expect(addCosts(costOf(rows.slice(0, at)), costOf(rows.slice(at)))).toEqual(whole);
        expect(rows.map((one) => costOf([one])).reduce(addCosts, NO_COST)).toEqual(whole);
        expect(costOf([...rows, ...rows])).toEqual(whole);
      }),
    );
  });

  test("a request of twice the tokens costs twice as much, to the last pico-dollar", () => {
    fc.assert(
      fc.property(usageObject, fc.integer({ min: 2, max: 9 }), (usage, times) => {
        const once = costOf([row(usage)]);
        expect(once.gaps).toEqual([]);
        expect(costOf([row(scaled(usage, times))]).picoDollars).toBe(once.picoDollars! * BigInt(times));
      }),
    );
  });

  test("a batch costs exactly half, and the US exactly a tenth more", () => {
    fc.assert(
      fc.property(usageObject, ({ server_tool_use: _, ...usage }) => {
        const cost = (changes: object) =>
          costOf([row({ ...usage, service_tier: "standard", inference_geo: "global", ...changes })]).picoDollars!;
        expect(cost({ service_tier: "batch" }) * 2n).toBe(cost({}));
        expect(cost({ inference_geo: "us" }) * 10n).toBe(cost({}) * 11n);
      }),
    );
  });

  function scaled<T>(value: T, times: number): T {
    return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "number" ? inner * times : inner))) as T;
  }
});
