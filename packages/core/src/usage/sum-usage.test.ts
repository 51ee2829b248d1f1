import fc from "fast-check";
import { expect, test } from "vitest";

import { human, pathOf, reply, settings } from "../../test/builders.ts";
import { tree } from "../../test/usage-objects.ts";
import { addUsageSums, NO_USAGE, sumUsage, sumUsageBy, usageOf, type UsageSum } from "./sum-usage.ts";
import { requestsOf, type UsageRow } from "./usage-row.ts";

test("a path's usage is that of its replies, and says how many are not all told", () => {
  const path = pathOf(
    settings(),
    human("Hello"),
    reply(["Hi"], { usage: { input_tokens: 3, output_tokens: 1 } }),
    human("And?"),
    reply(["We"], { stopReason: null, usage: { input_tokens: 5 } }),
  );
  expect(usageOf(path)).toEqual({ requests: 2, unfinished: 1, totals: { input_tokens: 8, output_tokens: 1 } });
});

test("nothing used is nothing", () => {
  expect(sumUsage([])).toEqual(NO_USAGE);
  expect(usageOf(pathOf(settings(), human("Hello")))).toEqual({ requests: 0, unfinished: 0, totals: {} });
});

const all = (sums: Iterable<UsageSum>): UsageSum => [...sums].reduce(addUsageSums, NO_USAGE);

test("nothing counts twice across forks: the branches' own sums are the conversation's, and so are the turns' and the models'", () => {
  fc.assert(
    fc.property(tree, ({ entries, paths }) => {
      const rows = requestsOf("c", ...paths);
      const whole = sumUsage(rows);
      expect(whole.requests).toBe(entries.filter((entry) => entry.kind === "message" && entry.reply !== undefined).length);
      for (const key of ["branchId", "turnId", "model"] as const) expect(all(sumUsageBy(rows, key).values())).toEqual(whole);
      // Rows of each path put one behind the other hold what paths share several times, and count it once.
      expect(sumUsage(paths.flatMap((path) => requestsOf("c", path)))).toEqual(whole);
    }),
  );
});

test("a path's usage is that of what it shares and of what it has alone", () => {
  fc.assert(
    fc.property(tree, ({ paths }) => {
      for (const path of paths) {
        const byBranch = sumUsageBy(requestsOf("c", path), "branchId");
        expect(all(byBranch.values())).toEqual(usageOf(path));
      }
    }),
  );
});

test("sums do not care how rows are grouped or ordered", () => {
  fc.assert(
    fc.property(tree, fc.nat(), (some, cut) => {
      const rows = requestsOf("c", ...some.paths);
      const at = rows.length === 0 ? 0 : cut % rows.length;
      const [left, right]: readonly UsageRow[][] = [rows.slice(0, at), rows.slice(at)];
      expect(addUsageSums(sumUsage(left!), sumUsage(right!))).toEqual(sumUsage(rows));
      expect(addUsageSums(sumUsage(right!), sumUsage(left!))).toEqual(sumUsage(rows));
      expect(sumUsage(rows.toReversed())).toEqual(sumUsage(rows));
    }),
  );
});
