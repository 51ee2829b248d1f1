import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { files, read, root } from "./repository.ts";

const documents = files.filter((file) => file.endsWith(".md"));
const examples = files.filter((file) => file.startsWith("examples/") && file.endsWith(".ts"));

/** Headings as a link's fragment names them. */
const anchors = (markdown: string) =>
  new Set(
    [...markdown.matchAll(/^#+ (.*)$/gm)].map((match) =>
      (match[1] ?? "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-"),
    ),
  );

const withoutFences = (markdown: string) => markdown.replace(/^```[\s\S]*?^```$/gm, "");

describe.each(documents)("%s", (document) => {
  test("has no dead link into the repository", () => {
    const links = [...withoutFences(read(document)).matchAll(/\]\((?!\w+:)([^)\s]*)\)/g)].map((match) => match[1] ?? "");
    const dead = links.filter((link) => {
      const [path = "", fragment] = link.split("#");
      const target = path === "" ? document : join(dirname(document), path);
      if (!existsSync(join(root, target))) return true;
      return fragment !== undefined && !anchors(read(target)).has(fragment);
    });
    expect(dead).toEqual([]);
  });

  test("takes its TypeScript from examples/, where it is compiled and run", () => {
    const fences = [...read(document).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
    expect(fences.filter((fence) => !examples.some((file) => read(file).includes(fence.trim())))).toEqual([]);
  });
});

test("the root documents are there", () => {
  const wanted = ["ARCHITECTURE", "CONTRIBUTING", "README", "SECURITY", "STYLE", "VERSIONING"].map((name) => `${name}.md`);
  expect(files.filter((file) => wanted.includes(file))).toEqual(wanted);
  expect(files).toContain("LICENSE");
});

test("docs/index.md leads to every page beside it", () => {
  const pages = documents.filter((document) => /^docs\/[^/]+\.md$/.test(document) && document !== "docs/index.md");
  expect(pages.filter((page) => !read("docs/index.md").includes(`](${page.slice("docs/".length)})`))).toEqual([]);
});

test("the glossary has each word once", () => {
  const words = [...read("docs/index.md").matchAll(/^\| \*\*(.+?)\*\* \|/gm)].map((match) => match[1]);
  expect(words.length).toBeGreaterThan(15);
  expect(words).toEqual([...new Set(words)]);
});
