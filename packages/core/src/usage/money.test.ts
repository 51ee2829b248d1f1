import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { formatDollars, unitPrice } from "./money.ts";

test.each([
  ["1", 1_000_000, 1_000_000n],
  ["0.125", 1_000_000, 125_000n],
  ["0.0001", 1_000_000, 100n],
  ["50", 1_000_000, 50_000_000n],
  ["10", 1000, 10_000_000_000n],
  ["0", 1000, 0n],
])("%s dollars for %d units is %d pico-dollars each", (dollars, units, each) => {
  expect(unitPrice(dollars, units)).toBe(each);
});

test.each(["", "1.", ".5", "-1", "1e3", "$2", "2,50", " 2", "0.00001", "free"])("%j is no price", (text) => {
  expect(() => unitPrice(text, 1000)).toThrow(
    expect.objectContaining({ code: "invalid_input", message: expect.stringContaining(JSON.stringify(text)) as string }),
  );
});

describe("dollars are written", () => {
  test.each([
    [0n, "0.00"],
    [1n, "0.000000000001"],
    [30_100_000_000n, "0.0301"],
    [1_500_000_000_000n, "1.50"],
    [12_000_000_000_000n, "12.00"],
    [-250_000_000_000n, "-0.25"],
    [1_234_567_890_123_456_789_012n, "1234567890.123456789012"],
  ])("%d as %s", (pico, text) => {
    expect(formatDollars(pico)).toBe(text);
  });

  test("exactly, whatever the amount", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (pico) => {
        const [, sign, whole, decimals] = /^(-?)(\d+)\.(\d{2,12})$/.exec(formatDollars(pico))!;
        expect(BigInt(`${sign}${whole}${decimals!.padEnd(12, "0")}`)).toBe(pico);
      }),
    );
  });
});
