import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { files, read, root } from "./repository.ts";

/** A link to a test names the test: what stands in its brackets is a piece of the file that it leads to. */
const LINK = /\[([^\]]+)\]\(([^)\s]+\.test\.ts)\)/g;

/** Pages with tables of promises: where a table has a column for the test, each of its lines names one. */
const PAGES = ["docs/bad-input.md", "docs/streams.md", "docs/turns.md"];

describe.each(PAGES)("%s", (page) => {
  const rows = read(page)
    .split("\n\n")
    .map((part) => part.split("\n").filter((line) => line.startsWith("|")))
    .filter(([head]) => head?.endsWith("| test |"))
    .flatMap(([, , ...body]) => body);

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
