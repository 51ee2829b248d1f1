import { expect, test } from "vitest";
import { addUsage } from "./usage-totals.ts";

test("what no request reported is absent, and what one reported is summed by name", () => {
  const first = addUsage({}, { input_tokens: 3, output_tokens: 0, cache_read_input_tokens: null, service_tier: "standard" });
  expect(first).toEqual({ input_tokens: 3, output_tokens: 0 });
  expect(addUsage(first, { input_tokens: 4, cache_read_input_tokens: 9, cache_creation_input_tokens: 1 })).toEqual({
    input_tokens: 7,
    output_tokens: 0,
    cache_read_input_tokens: 9,
    cache_creation_input_tokens: 1,
  });
});

test.each([[undefined], [null], ["many"], [7], [{ input_tokens: "3" }]])("a usage that is none adds nothing: %j", (usage) => {
  expect(addUsage({ input_tokens: 1 }, usage)).toEqual({ input_tokens: 1 });
});

test("the totals that came in are not changed", () => {
  const before = Object.freeze({ input_tokens: 1 });
  expect(addUsage(before, { input_tokens: 1 })).toEqual({ input_tokens: 2 });
});
