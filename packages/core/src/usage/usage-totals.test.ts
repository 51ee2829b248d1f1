import fc from "fast-check";
import { expect, test } from "vitest";
import { usageObject } from "../../test/usage-objects.ts";
import { addTotals, addUsage } from "./usage-totals.ts";

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

test("compactions and advisors count, cache writes by how long they are kept, and uses of server tools", () => {
  const usage = {
    input_tokens: 229,
    output_tokens: 5,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
    output_tokens_details: { thinking_tokens: 3 },
    iterations: [
      {
        type: "compaction",
        input_tokens: 100,
        output_tokens: 131,
        cache_creation_input_tokens: 55_096,
        cache_creation: { ephemeral_5m_input_tokens: 55_000, ephemeral_1h_input_tokens: 96 },
      },
      { type: "message", input_tokens: 229, output_tokens: 5 },
    ],
  };
  expect(addUsage({}, usage)).toEqual({
    input_tokens: 329,
    output_tokens: 136,
    cache_creation_input_tokens: 55_096,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 55_000, ephemeral_1h_input_tokens: 96 },
    output_tokens_details: { thinking_tokens: 3 },
    server_tool_use: { web_search_requests: 2 },
  });
});

test("totals add up in any order and any grouping", () => {
  fc.assert(
    fc.property(usageObject, usageObject, usageObject, (a, b, c) => {
      const [x, y, z] = [addUsage({}, a), addUsage({}, b), addUsage({}, c)];
      expect(addTotals(addTotals(x, y), z)).toEqual(addTotals(x, addTotals(y, z)));
      expect(addTotals(x, y)).toEqual(addTotals(y, x));
      expect(addTotals(x, {})).toEqual(x);
      expect(addUsage(x, b)).toEqual(addTotals(x, y));
    }),
  );
});
