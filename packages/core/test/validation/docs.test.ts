import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { RULES } from "../../src/request/rules/all-rules.ts";
import { severityOf, type RuleStatement } from "../../src/request/rules/rule.ts";
import { UNCHECKED_RULES } from "../../src/request/rules/unchecked-rules.ts";

const page = fileURLToPath(new URL("../../../../docs/validation.md", import.meta.url));

const tables: Readonly<Record<string, readonly string[]>> = {
  checked: table(
    ["rule", "rejects", "as", "confidence", "source"],
    RULES.map((rule) => [`\`${rule.id}\``, `${rule.says}${ownText(rule)}`, severityOf(rule), rule.confidence, sourceOf(rule)]),
  ),
  unchecked: table(
    ["rejection", "of", "why it is not checked", "confidence", "source"],
    UNCHECKED_RULES.map((rule) => [`\`${rule.id}\` (${rule.status})`, rule.says, rule.why, rule.confidence, sourceOf(rule)]),
  ),
};

// With ANTIPHON_WRITE_DOCS set, the tables on the page are written anew instead of compared.
test("the page lists the rules as they are, those checked and those not", () => {
  let written = readFileSync(page, "utf8");
  if (process.env["ANTIPHON_WRITE_DOCS"] !== undefined) {
    for (const [name, rows] of Object.entries(tables)) written = written.replace(section(name), `$1\n${rows.join("\n")}\n$2`);
    writeFileSync(page, written);
  }
  for (const [name, rows] of Object.entries(tables)) {
    expect(section(name).exec(written)?.[0].split("\n").slice(1, -1)).toEqual(rows);
  }
});

function section(name: string): RegExp {
  return new RegExp(`(<!-- ${name}:start -->)[^]*?(<!-- ${name}:end -->)`);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), `|${"---|".repeat(heads.length)}`, ...rows.map(line)];
}

function ownText(rule: RuleStatement): string {
  return rule.textPublished === false ? " The text is ours." : "";
}

function sourceOf({ source, counterEvidence }: RuleStatement): string {
  return counterEvidence === undefined ? source : `${source}. Against it: ${counterEvidence}`;
}
