import { describe, expect, test } from "vitest";
import { packages, read } from "./repository.ts";
import { exportNames } from "./export-names.ts";

const subpaths = packages.flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports ?? {}).map(([subpath, conditions]) => ({
    module: `${manifest.name}${subpath.slice(1)}`,
    index: `${folder}/${conditions["@antiphon/source"]?.slice(2)}`,
  })),
);

/** The names that an index exports; a type has `type ` before it. */
function namesIn(source: string): string[] {
  return [...source.matchAll(/^export (type )?\{([^}]*)\}/gm)]
    .flatMap(([, allTypes = "", list = ""]) =>
      list
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "")
        .map((item) => (allTypes || (item.startsWith("type ") ? "type " : "")) + item.replace(/^type /, "").replace(/^.* as /, "")),
    )
    .toSorted();
}

test("names are read in each form that an index uses", () => {
  const source = `export { a, type B, c as d } from "./a.ts";\nexport type {\n  E,\n  F,\n} from "./e.ts";\n`;
  expect(namesIn(source)).toEqual(["a", "d", "type B", "type E", "type F"]);
});

describe("what a package exports is a promise: a change of these names is one of tidy/export-names.ts, and of a changeset", () => {
  test("every subpath is pinned", () => {
    expect(Object.keys(exportNames).toSorted()).toEqual(subpaths.map(({ module }) => module).toSorted());
  });

  test.each(subpaths)("$module", ({ module, index }) => {
    expect(namesIn(read(index))).toEqual(exportNames[module]?.toSorted());
  });

  test.each(subpaths)("$index exports by name, from a list", ({ index }) => {
    const others = read(index)
      .replace(/^export (type )?\{[^}]*\} from "[^"]+";$/gm, "")
      .match(/^export .*/gm);
    expect(others).toBeNull();
  });
});
