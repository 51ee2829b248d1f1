import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { row } from "../../test/usage-objects.ts";
import { costOf } from "./cost.ts";
import { LIST_PRICE_TABLE } from "./list-prices.ts";
import { definePrices } from "./price-table.ts";
import type { UsageRow } from "./usage-row.ts";

const gapsOf = (...rows: readonly UsageRow[]) =>
  costOf(rows).gaps.map(({ reason, value }) => (value === undefined ? reason : `${reason} ${value}`));

describe("what has no sure price is a gap, and then there is no total", () => {
  const usage = { input_tokens: 1000, output_tokens: 100 };
  const unknown = { type: "dream", input_tokens: 1000 };
  const cases: readonly [what: string, request: UsageRow, gaps: readonly string[], priced: bigint][] = [
    ["a model without prices", row(usage, { model: "mystery-1" }), ["no-price mystery-1"], 0n],
    [
      "an advisor without prices",
      row({
        ...usage,
        iterations: [
          { ...usage, type: "message" },
          { ...usage, type: "advisor_message", model: "claude-mythos-5-2" },
        ],
      }),
      ["no-price claude-mythos-5-2"],
      7_500_000_000n,
    ],
    ["a request that reported nothing", row(undefined, { end: "nothing", outcome: "aborted" }), ["no-usage"], 0n],
    ["a whole reply that reported nothing", row(undefined), ["no-usage"], 0n],
    ["a reply that was cut off, which cost at least this", row(usage, { end: "cut" }), ["cut-off"], 7_500_000_000n],
    ["a refusal", row(usage, { stopReason: "refusal" }), ["refusal"], 0n],
    [
      "a fallback",
      row({
        ...usage,
        iterations: [
          { ...usage, type: "message" },
          { ...usage, type: "fallback_message", model: "claude-opus-4-8" },
        ],
      }),
      ["fallback"],
      0n,
    ],
    ["a fallback credit", row({ ...usage, fallback_credit: { status: { type: "redeemed" } } }), ["fallback"], 0n],
    ["the priority tier", row({ ...usage, service_tier: "priority" }), ["service-tier priority"], 0n],
    ["a region that nobody priced", row({ ...usage, inference_geo: "moon" }), ["inference-geo moon"], 0n],
    [
      "fast mode of a model without it",
      row({ ...usage, speed: "fast" }, { model: "claude-sonnet-5-5" }),
      ["speed claude-sonnet-5-5 fast"],
      0n,
    ],
    ["fast mode in a batch, which there is not", row({ ...usage, speed: "fast", service_tier: "batch" }), ["speed claude-opus-5 fast"], 0n],
    [
      "an advisor beside fast mode",
      row({
        ...usage,
        speed: "fast",
        iterations: [
          { ...usage, type: "message" },
          { ...usage, type: "advisor_message", model: "claude-opus-4-8" },
        ],
      }),
      ["speed claude-opus-4-8 fast"],
      15_000_000_000n,
    ],
    ["a speed nobody has heard of", row({ ...usage, speed: "warp" }), ["speed claude-opus-5 warp"], 0n],
    [
      "a prompt over the old window",
      row({ input_tokens: 200_001 }, { model: "claude-sonnet-4-5" }),
      ["prompt-length claude-sonnet-4-5"],
      0n,
    ],
    [
      "samplings on both sides of a limit",
      row(
        {
          input_tokens: 120_000,
          iterations: [
            { type: "message", input_tokens: 60_000 },
            { type: "message", input_tokens: 60_000 },
          ],
        },
        { model: "claude-haiku-5-5" },
      ),
      ["prompt-length claude-haiku-5-5", "prompt-length claude-haiku-5-5"],
      0n,
    ],
    ["a cache write of unknown lifetime", row({ ...usage, cache_creation_input_tokens: 10 }), ["cache-lifetime"], 7_500_000_000n],
    [
      "an iteration of a kind nobody knows",
      row({ ...usage, iterations: [{ ...usage, type: "message" }, unknown] }),
      ["iteration dream"],
      7_500_000_000n,
    ],
    [
      "a server tool without a price",
      row({ ...usage, server_tool_use: { code_execution_requests: 1 } }),
      ["server-tool code_execution_requests"],
      7_500_000_000n,
    ],
  ];

  test.each(cases)("%s", (_what, request, gaps, priced) => {
    expect(gapsOf(request)).toEqual(gaps);
    expect(costOf([request])).toMatchObject({ picoDollars: undefined, pricedPicoDollars: priced });
    expect(costOf([request]).gaps[0]).toMatchObject({ requestId: request.id });
  });

  test("and every one of them is documented, and the reverse", () => {
    const page = readFileSync(new URL("../../../../docs/usage.md", import.meta.url), "utf8");
    const documented = [...page.slice(page.indexOf("| gap |")).matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason = ""]) => reason);
    const seen = new Set<string>(cases.flatMap(([, request]) => costOf([request]).gaps.map(({ reason }) => reason)));
    expect(documented.toSorted()).toEqual([...seen].toSorted());
  });

  test("one of them leaves a sum without a total, but with what is sure", () => {
    const cost = costOf([row(usage), row(usage, { model: "mystery-1" })]);
    expect(cost).toMatchObject({ picoDollars: undefined, pricedPicoDollars: 7_500_000_000n });
    expect(cost.gaps.length).toBe(1);
  });

  test("which the caller can close with prices of its own", () => {
    const card = { input: "1", output: "1", cacheRead: "1", cacheWrite5m: "1", cacheWrite1h: "1" };
    const prices = definePrices({ ...LIST_PRICE_TABLE, models: { "mystery-1": [card] }, serviceTiers: { priority: [3, 4] } });
    expect(costOf([row({ ...usage, service_tier: "priority" }, { model: "mystery-1" })], prices).picoDollars).toBe(825_000_000n);
  });
});
