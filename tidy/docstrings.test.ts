import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { packages, read } from "./repository.ts";

const indexes = packages.flatMap(({ folder, manifest }) =>
  Object.values(manifest.exports ?? {}).map((conditions) => `${folder}/${conditions["@antiphon/source"]?.slice(2)}`),
);

/** The names that an index exports, as their own files call them. */
function exportsOf(index: string): { name: string; file: string }[] {
  return [...read(index).matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)";$/gm)].flatMap(([, list = "", from = ""]) =>
    list
      .split(",")
      .map((item) =>
        item
          .trim()
          .replace(/^type /, "")
          .replace(/ as .*$/, ""),
      )
      .filter((name) => name !== "")
      .map((name) => ({ name, file: join(dirname(index), from) })),
  );
}

/** Whether a docstring ends on the line before the first declaration of a name; a word to the linter may stand between. */
function isDocumented({ name, file }: { name: string; file: string }): boolean {
  const declared = new RegExp(`^export (?:async )?(?:abstract )?(?:function\\*?|class|interface|type|const) ${name}\\b`);
  const lines = read(file)
    .split("\n")
    .filter((line) => !line.startsWith("// oxlint-"));
  return lines[lines.findIndex((line) => declared.test(line)) - 1]?.endsWith("*/") ?? false;
}

describe("every name that a package exports says what it is to its caller", () => {
  test.each(indexes)("%s", (index) => {
    expect(exportsOf(index).length).toBeGreaterThan(0);
    expect(exportsOf(index).filter((each) => !isDocumented(each))).toEqual([]);
  });
});
