import { describe, expect, test } from "vitest";
import { catalog, files, folders, read } from "./repository.ts";

const text = files.filter((file) =>
  /\.(ts|mjs|js|sh|md|json|jsonc|ya?ml|sql)$|(^|\/)(antiphon|messages-server|run|LICENSE|\.git\w+)$/.test(file),
);
const code = files.filter((file) => /\.(ts|mjs)$/.test(file));

test("the files are found, so that no law below holds for want of cases", () => {
  expect(text.length).toBeGreaterThan(100);
  expect(code.length).toBeGreaterThan(80);
});

describe("the tree", () => {
  test("has no file of code over 400 lines", () => {
    expect(code.filter((file) => read(file).trimEnd().split("\n").length > 400)).toEqual([]);
  });

  test("names its files in kebab-case", () => {
    expect(code.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(file.split("/").at(-1) ?? ""))).toEqual([]);
  });

  test("names nothing a helper, a util, a manager, an abstraction or an implementation", () => {
    const vague = /(^|[-/.])(utils?|helpers?|managers?|common|misc-?utils|impl|abstract)([-/.]|$)/;
    const declared =
      /^export (?:abstract )?(?:class|interface|type|function|const) (I[A-Z][a-z]\w*|\w*(?:Impl|Manager|Helper|Util|Utils)|Abstract\w+)\b/gm;
    expect(code.filter((file) => vague.test(file))).toEqual([]);
    expect(code.flatMap((file) => [...read(file).matchAll(declared)].map((match) => `${file}: ${match[1]}`))).toEqual([]);
  });

  test("leaves no mark for later and no test out", () => {
    const marks = /\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b|\b(?:it|test|describe)\.(?:skip|only|todo)\(/;
    expect(code.filter((file) => marks.test(read(file)))).toEqual([]);
  });

  test("names no registry's host and no folder of one machine", () => {
    const hosts = /\bregistry\.[a-z]+\.[a-z]+\b|\b(?:unpkg|jsdelivr)\.[a-z]+\b/;
    const places = /(?<![\w.:/])\/(?:work|root|workspace|Users)\/\w/;
    const found = [...text, "pnpm-lock.yaml"].filter((file) => hosts.test(read(file)) || places.test(read(file)));
    expect(found).toEqual([]);
  });
});

describe("a call that has a better replacement is not made", () => {
  const banned: [RegExp, string][] = [
    [/\bnew Buffer\(/, "Buffer.from"],
    [/\brequire\(["']/, "import"],
    [/^export default\b/m, "a named export"],
    [/@ts-(ignore|nocheck)\b/, "@ts-expect-error with a reason"],
    [/\bas any\b/, "a type"],
    [/^\s*(?:const )?enum \w/m, "a union of literals"],
    [/^\s*(?:export )?namespace \w/m, "a module"],
  ];
  const allowed = new Set(["vitest.config.ts", "tidy/tree.test.ts"]);

  test.each(banned)("%s: use %s", (pattern) => {
    expect(code.filter((file) => !allowed.has(file) && pattern.test(read(file)))).toEqual([]);
  });

  test("no test sleeps", () => {
    const sleep = /setTimeout\(\s*(?:resolve|r|done)\b|setTimeout\b.*timers\/promises/;
    expect(code.filter((file) => /\.test\.ts$|\/test\//.test(file) && sleep.test(read(file)))).toEqual([]);
  });
});

describe("ARCHITECTURE.md is a map", () => {
  const map = read("ARCHITECTURE.md");

  test("of every folder at the top", () => {
    const top = folders(".").filter((folder) => folder !== "shared");
    expect(top.filter((folder) => !map.includes(`${folder}/`))).toEqual([]);
  });

  test("of every package, and of every folder in its src", () => {
    const inside = [...folders("packages"), ...folders("apps")].flatMap((folder) => [
      folder,
      ...folders(`${folder}/src`).map((sub) => sub),
    ]);
    expect(inside.filter((folder) => !map.includes(folder.includes("/src/") ? `${folder.split("/src/")[1]}/` : folder))).toEqual([]);
  });

  test("on which every path is there", () => {
    const named = [...map.matchAll(/`((?:packages|apps|docs|scripts|tidy|examples)\/[\w./-]+)`/g)].map((match) => match[1] ?? "");
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !files.some((file) => file === path || file.startsWith(path.endsWith("/") ? path : `${path}/`)))).toEqual(
      [],
    );
  });
});

test("the versions that the documents name are the catalog's", () => {
  const named = files
    .filter((file) => file.endsWith(".md") && !file.startsWith("docs/decisions/") && !file.startsWith(".changeset/"))
    .flatMap((file) =>
      Object.entries(catalog).flatMap(([name]) =>
        [...read(file).matchAll(new RegExp(`\\b${name}@(\\d+\\.\\d+\\.\\d+)`, "g"))].map((match) => [name, match[1]]),
      ),
    );
  for (const [name, version] of named) expect([name, version]).toEqual([name, catalog[name ?? ""]]);
});
