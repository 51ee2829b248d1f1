import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { RULES } from "../../src/request/rules/all-rules.ts";
import type { RuleStatement } from "../../src/request/rules/rule.ts";
import { UNCHECKED_RULES } from "../../src/request/rules/unchecked-rules.ts";
import { EXAMPLES } from "./all-examples.ts";
import { REFERENCE } from "./reference-map.ts";

interface ReferenceRule {
  readonly group: string;
  readonly rule: string;
  readonly status: number;
  readonly message: string;
  readonly source: string;
  readonly confidence: string;
}

const file = fileURLToPath(new URL("../../../../../shared/reference/validation-rules.json", import.meta.url));
const present = existsSync(file);
if (!present) console.warn(`SKIPPED: no rule reference at ${file}; rules were not held against it`);

const reference: readonly ReferenceRule[] = present ? JSON.parse(readFileSync(file, "utf8")) : [];
const ours = new Map<string, RuleStatement>([...RULES, ...UNCHECKED_RULES].map((rule) => [rule.id, rule]));

/** Ours says official on grounds that the reference's row does not show. */
const PROMOTED: Readonly<Record<string, string>> = {
  "max-tokens-missing": "the SDK's types require it",
  "model-missing": "the SDK's types require it",
  "cache-marks-too-many": "the documentation's limit of four breakpoints",
};

describe.skipIf(!present)("the rule reference", () => {
  test("each of its rules is checked, or listed with the reason why not", () => {
    const rows = reference.map(({ rule }) => rule);
    expect(rows.length).toBe(83);
    expect(rows.filter((rule) => REFERENCE[rule] === undefined)).toEqual([]);
    expect(Object.keys(REFERENCE).filter((rule) => !rows.includes(rule))).toEqual([]);
    expect(
      Object.values(REFERENCE)
        .flat()
        .filter((id) => !ours.has(id)),
    ).toEqual([]);
  });

  test("each of its rules that is checked has an example, which gives it a text", () => {
    const checked = new Set(RULES.map(({ id }) => id));
    const ids = Object.values(REFERENCE)
      .flat()
      .filter((id) => checked.has(id));
    expect(ids.filter((id) => !EXAMPLES.some(({ rule }) => rule === id))).toEqual([]);
  });

  test.each(reference.map((row) => [row.rule, row] as const))("texts and status agree: %s", (_, row) => {
    for (const id of REFERENCE[row.rule] ?? []) {
      const rule = ours.get(id) as RuleStatement;
      expect(rule.status).toBe(row.status);
      if (rule.textPublished === false) continue;
      const said = plain(row.message);
      expect(piecesOf(rule.text).filter((piece) => !said.includes(piece))).toEqual([]);
    }
  });

  test.each(reference.map((row) => [row.rule, row] as const))("confidence agrees: %s", (_, row) => {
    for (const id of REFERENCE[row.rule] ?? []) {
      const { confidence } = ours.get(id) as RuleStatement;
      if (confidence === row.confidence || id in PROMOTED) continue;
      // What Anthropic documents is official here, whatever the row calls it.
      expect(`${id}: ${confidence}`).toBe(`${id}: official`);
      expect(row.source).toMatch(/platform\.claude\.com\/docs|\bdocs [a-z-]+/);
    }
  });
});

/** What stands between the places that are filled in. */
function piecesOf(text: string): readonly string[] {
  return text
    .split(/\{\w+\}/)
    .map((piece) => plain(piece))
    .filter((piece) => /[a-z]{2}/i.test(piece));
}

/** Wording only: numbers differ by model and year, and the reference elides with dots. */
function plain(text: string): string {
  return text.replace(/\\"/g, '"').replace(/\s+/g, " ").trim();
}
