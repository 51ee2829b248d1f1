import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { files, read, root } from "./repository.ts";

/** A link to a test names the test: what stands in its brackets is a piece of the file that it leads to. */
const LINK = /\[([^\]]+)\]\(([^)\s]+\.test\.ts)\)/g;

/** Pages whose every line of a table is held by a test. */
const PAGES = ["docs/bad-input.md", "docs/streams.md"];

describe.each(PAGES)("%s", (page) => {
  const rows = read(page)
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|-+\|/.test(line) && !line.endsWith("| test |"));

  test("has a test for each promise", () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => [...row.matchAll(LINK)].length === 0)).toEqual([]);
  });

  test("names tests that are there, in words of theirs", () => {
    const missing = [...read(page).matchAll(LINK)].filter(([, name = "", path = ""]) => {
      const file = join(root, dirname(page), path);
      return !existsSync(file) || !readFileSync(file, "utf8").includes(name);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });
});

test("the tests that are named are files of this repository", () => {
  const linked = PAGES.flatMap((page) => [...read(page).matchAll(LINK)].map((match) => join(dirname(page), match[2]!)));
  expect([...new Set(linked)].filter((path) => !files.includes(path))).toEqual([]);
});
