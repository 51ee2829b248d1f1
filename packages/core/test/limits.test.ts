import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../src/index.ts";

test("docs/turns.md has every limit of a turn, with its default", () => {
  const document = readFileSync(new URL("../../../docs/turns.md", import.meta.url), "utf8");
  const [, table = ""] = document.split("## Limits");
  const rows = [...table.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)].map(([, name, value]) => [name, Number(value!.replaceAll(",", ""))]);
  expect(Object.fromEntries(rows)).toEqual(DEFAULT_LIMITS);
});
