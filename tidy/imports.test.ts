import { builtinModules } from "node:module";
import { describe, expect, test } from "vitest";
import { files, packages, read } from "./repository.ts";

const isTest = (file: string) => /\.test(-d)?\.ts$|\.fixture\.ts$|\/test\//.test(file);
const sources = files.filter((file) => /^(packages|apps)\/[^/]+\/src\/.*\.ts$/.test(file));

/** The modules that a file names in imports and re-exports; with `runtime`, without those that vanish with the types. */
function imports(file: string, { runtime = false } = {}): string[] {
  const statement = /^\s*(?:import|export)\s+(type\s)?(?:[\w*{][^;"']*?\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;
  return [...read(file).matchAll(statement)].filter((match) => !(runtime && match[1])).map((match) => match[2] ?? match[3] ?? "");
}

const packageOf = (module: string) => (module.startsWith("@") ? module.split("/").slice(0, 2).join("/") : module.split("/")[0]) ?? "";

test("imports are found in each of their forms", () => {
  expect(imports("tidy/imports.test.ts")).toEqual(["node:module", "vitest", "./repository.ts"]);
});

describe.each(packages)("$folder", ({ folder, manifest }) => {
  const own = sources.filter((file) => file.startsWith(`${folder}/`) && !isTest(file));

  test("imports at run time only what its manifest brings along", () => {
    const brought = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
    const foreign = own.flatMap((file) =>
      imports(file, { runtime: true })
        .filter((module) => !module.startsWith(".") && !module.startsWith("node:") && !brought.has(packageOf(module)))
        .map((module) => `${file}: ${module}`),
    );
    expect(foreign).toEqual([]);
  });

  test("imports its own files with their extension, and Node's modules by their prefix", () => {
    const wrong = own.flatMap((file) =>
      imports(file)
        .filter((module) =>
          module.startsWith(".") ? !/\.(ts|json)$/.test(module) : builtinModules.includes(module) && !module.startsWith("node:"),
        )
        .map((module) => `${file}: ${module}`),
    );
    expect(wrong).toEqual([]);
  });

  test("re-exports by name, in the index of a subpath alone", () => {
    const indexes = new Set(
      Object.values(manifest.exports ?? {}).map((conditions) => `${folder}/${conditions["@antiphon/source"]?.slice(2)}`),
    );
    const stars = own.filter((file) => /^export \*/m.test(read(file)));
    const barrels = own.filter((file) => file.endsWith("/index.ts") && !indexes.has(file));
    expect({ stars, barrels }).toEqual({ stars: [], barrels: [] });
  });
});

test("core runs without Node, without zod and without the SDK outside of src/schemas", () => {
  const core = sources.filter(
    (file) => file.startsWith("packages/core/src/") && !file.startsWith("packages/core/src/schemas/") && !isTest(file),
  );
  expect(core.length).toBeGreaterThan(20);
  const outside = core.flatMap((file) =>
    imports(file, { runtime: true })
      .filter((module) => module.startsWith("node:") || ["zod", "@anthropic-ai/sdk"].includes(packageOf(module)))
      .map((module) => `${file}: ${module}`),
  );
  expect(outside).toEqual([]);
});
