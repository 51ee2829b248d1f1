import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { catalog, type Manifest, packages, readJson, root } from "./repository.ts";

const rootManifest = readJson("package.json") as Manifest & { packageManager: string };
// Private parts of the workspace: what they need is in the catalog too.
const unpublished = ["examples", "benchmarks"].map((folder) => readJson(`${folder}/package.json`) as Manifest);
const ours = new Set(packages.map(({ manifest }) => manifest.name));

const all = ({ dependencies, devDependencies, optionalDependencies }: Manifest) =>
  Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });

const layers: Record<string, { run: string[]; develop: string[] }> = {
  core: { run: [], develop: [] },
  testing: { run: ["core"], develop: ["core"] },
  store: { run: ["core"], develop: ["core", "testing"] },
  app: { run: ["core", "store"], develop: ["core", "store", "testing"] },
};

test("the packages are found, so that no law below holds for want of cases", () => {
  expect([...ours]).toEqual(expect.arrayContaining(["@antiphon/core", "@antiphon/store-sqlite", "@antiphon/testing", "antiphon"]));
  expect(Object.keys(catalog).length).toBeGreaterThan(10);
});

describe.each(packages)("$folder", ({ folder, manifest, tag }) => {
  test("says the same as every other package", () => {
    expect(manifest).toMatchObject({
      license: "MIT",
      author: "Antiphon contributors",
      type: "module",
      sideEffects: false,
      engines: { node: ">=22.13" },
      files: ["dist", "src", "!**/*.test.*", "!**/.tsbuildinfo"],
      publishConfig: { access: "public" },
      scripts: { build: "tsc -b" },
    });
  });

  test("has a README, which the registry shows", () => {
    expect(existsSync(join(root, folder, "README.md"))).toBe(true);
  });

  test("has a name that tells where it is", () => {
    const name = folder.split("/")[1];
    expect(manifest.name).toBe(
      folder.startsWith("packages/") ? `@antiphon/${name}` : ({ cli: "antiphon" }[name ?? ""] ?? `antiphon-${name}`),
    );
  });

  test("takes every version from the catalog, and our own packages from the workspace", () => {
    for (const [name, version] of all(manifest)) expect([name, version]).toEqual([name, ours.has(name) ? "workspace:*" : "catalog:"]);
  });

  test("asks of its peers a range that the catalog's version is in", () => {
    for (const [name, range] of Object.entries(manifest.peerDependencies ?? {})) {
      expect([name, range]).toEqual([name, expect.stringMatching(/^\^\d+\.\d+\.\d+$/)]);
      const [least, have] = [range.slice(1), catalog[name] ?? "0.0.0"].map((version) => version.split(".").map(Number));
      expect([name, have?.[0]]).toEqual([name, least?.[0]]);
      expect((have?.[1] ?? 0) * 1e6 + (have?.[2] ?? 0)).toBeGreaterThanOrEqual((least?.[1] ?? 0) * 1e6 + (least?.[2] ?? 0));
    }
  });

  test("exports the source first, then the types, then what was built from that source", () => {
    for (const [subpath, conditions] of Object.entries(manifest.exports ?? {})) {
      expect(Object.keys(conditions)).toEqual(["@antiphon/source", "types", "default"]);
      const source = conditions["@antiphon/source"] ?? "";
      expect(source).toBe(subpath === "." ? "./src/index.ts" : `./src/${subpath.slice(2)}/index.ts`);
      expect(conditions["types"]).toBe(source.replace("./src/", "./dist/").replace(/\.ts$/, ".d.ts"));
      expect(conditions["default"]).toBe(source.replace("./src/", "./dist/").replace(/\.ts$/, ".js"));
      expect([source, existsSync(join(root, folder, source))]).toEqual([source, true]);
    }
  });

  test("runs the programs that it names", () => {
    for (const file of Object.values(manifest.bin ?? {})) {
      const source = file.replace(/^dist\//, "src/").replace(/\.js$/, ".ts");
      expect([source, existsSync(join(root, folder, source))]).toEqual([source, true]);
    }
  });

  test("keeps its layer: core <- stores <- apps, core <- testing, and testing in development alone", () => {
    const layer = layers[tag];
    const outside = (names: Record<string, string> | undefined, allowed: string[] = []) =>
      packages.filter((other) => other.manifest.name in (names ?? {}) && !allowed.includes(other.tag)).map((other) => other.manifest.name);
    expect(layer).toBeDefined();
    expect(outside(manifest.dependencies, layer?.run)).toEqual([]);
    expect(outside(manifest.devDependencies, layer?.develop)).toEqual([]);
  });

  test("compiles after the packages that it depends on", () => {
    const { references = [] } = readJson(`${folder}/tsconfig.json`) as { references?: { path: string }[] };
    const needed = packages
      .filter((other) => other.manifest.name in (manifest.dependencies ?? {}))
      .map((other) => relative(folder, other.folder));
    expect(references.map(({ path }) => path).toSorted()).toEqual(needed.toSorted());
  });
});

describe("the root", () => {
  test("has no package of the workspace among its dependencies, so that turbo sees the layers", () => {
    expect(all(rootManifest).filter(([name]) => ours.has(name))).toEqual([]);
  });

  test("pins each version exactly, once, in the catalog", () => {
    for (const [name, version] of all(rootManifest)) expect([name, version]).toEqual([name, "catalog:"]);
    for (const [name, version] of Object.entries(catalog))
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    expect(rootManifest.packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+$/);
  });

  test("has nothing in the catalog that no manifest uses", () => {
    const used = new Set(
      [rootManifest, ...unpublished, ...packages.map(({ manifest }) => manifest)].flatMap((manifest) =>
        all(manifest).map(([name]) => name),
      ),
    );
    expect(Object.keys(catalog).filter((name) => !used.has(name))).toEqual([]);
  });

  test("compiles every package, every package's tests, and the scripts", () => {
    const folders = packages.map(({ folder }) => `./${folder}`).toSorted();
    const references = (file: string) =>
      (readJson(file) as { references: { path: string }[] }).references.map(({ path }) => path).toSorted();
    expect(references("tsconfig.tests.json")).toEqual(folders);
    expect(references("tsconfig.json")).toEqual(
      [...folders, "./benchmarks", "./examples", "./tsconfig.scripts.json", "./tsconfig.tests.json"].toSorted(),
    );
  });

  test("releases core, the stores and testing together", () => {
    const { fixed } = readJson(".changeset/config.json") as { fixed: string[][] };
    const together = packages.filter(({ tag }) => tag !== "app").map(({ manifest }) => manifest.name);
    expect(fixed.map((group) => group.toSorted())).toEqual([together.toSorted()]);
  });
});
