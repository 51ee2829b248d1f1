import { execFile } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importGraph, importsIn, packageOf } from "./import-graph.ts";
import { type PackedPackage, packPackages, root, unpackInto } from "./packed-packages.ts";
import { COMPILERS, NODES, TOOLS } from "./toolbox.ts";

/**
 * What `import { ... } from "@antiphon/core"` adds to a program at most: bundled with its dependencies and minified, in thousands of bytes.
 * A tenth more or less is a change that somebody looks at, and then writes here.
 */
const ROOT_ENTRY_KB = 225;
const ROOT_ENTRY_PLAY_KB = 15;

const folder = mkdtempSync(join(tmpdir(), "antiphon-packed-"));
const modules = join(folder, "consumer/node_modules");
let packed: readonly PackedPackage[];

beforeAll(async () => {
  packed = await packPackages(join(folder, "build"));
  await unpackInto(join(folder, "consumer"), packed);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = (pattern: string) => packed.flatMap(({ manifest }) => globSync(join(modules, manifest.name, pattern)));
const entryOf = ({ manifest }: PackedPackage, subpath: string) =>
  join(modules, manifest.name, manifest.exports[subpath]?.["default"] ?? "");
const core = () => packed.find(({ manifest }) => manifest.name === "@antiphon/core")!;

test("imports are found in each form that the compiler writes", () => {
  const source = `import "a";\nimport b from "b";\nimport {\n  c,\n} from './c.js';\nexport { d } from "@d/d/e";\nconst f = await import("f");\nfrom("g");`;
  expect(importsIn(source)).toEqual(["a", "b", "./c.js", "@d/d/e", "f"]);
  expect(["@d/d/e", "node:fs", "zod/mini"].map(packageOf)).toEqual(["@d/d", "node:fs", "zod"]);
});

describe("what is packed", () => {
  test("is core, the SQLite store and testing", () => {
    expect(packed.map(({ manifest }) => manifest.name)).toEqual(["@antiphon/core", "@antiphon/store-sqlite", "@antiphon/testing"]);
  });

  test("has every file that its exports name", () => {
    const named = packed.flatMap(({ manifest }) =>
      Object.values(manifest.exports).flatMap((conditions) => Object.values(conditions).map((file) => join(modules, manifest.name, file))),
    );
    expect(named).toHaveLength(18);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  test("has the source that every map leads to", () => {
    const maps = files("dist/**/*.map");
    expect(maps.length).toBeGreaterThan(200);
    const lost = maps.filter((file) => {
      const { sources } = JSON.parse(readFileSync(file, "utf8")) as { sources: string[] };
      return sources.some((source) => !existsSync(resolve(dirname(file), source)));
    });
    expect(lost).toEqual([]);
  });

  test("has no test, no build record, and its licence", () => {
    expect(files("**/*.test.*").concat(files("**/*.tsbuildinfo"))).toEqual([]);
    expect(files("LICENSE")).toHaveLength(packed.length);
  });

  test("names versions, and nothing of this workspace", () => {
    for (const { manifest } of packed) {
      const ranges = Object.values({ ...manifest.dependencies, ...manifest.peerDependencies });
      expect(ranges.filter((range) => !/^\^?\d+\.\d+\.\d+$/.test(range))).toEqual([]);
    }
  });
});

describe("what was built imports", () => {
  test("only what its manifest brings along, and files that are there", async () => {
    for (const each of packed) {
      const brought = Object.keys({ ...each.manifest.dependencies, ...each.manifest.peerDependencies });
      for (const subpath of Object.keys(each.manifest.exports)) {
        const { outside } = await importGraph(entryOf(each, subpath));
        const foreign = [...outside].filter(([module]) => !module.startsWith("node:") && !brought.includes(packageOf(module)));
        expect(foreign).toEqual([]);
      }
    }
  });

  test("from core's root entry, nothing of Node, of the SDK or of zod", async () => {
    const { files: reached, outside } = await importGraph(entryOf(core(), "."));
    expect(reached.size).toBeGreaterThan(50);
    expect([...new Set([...outside.keys()].map(packageOf))].toSorted()).toEqual(["@noble/hashes", "image-size", "uuid"]);
  });

  test("from the partial inputs, the JSON parser and nothing else", async () => {
    const { outside } = await importGraph(entryOf(core(), "./partial-inputs"));
    expect([...outside.keys()]).toEqual(["@streamparser/json"]);
  });

  test("from the schemas, zod/mini and nothing of Node or of the SDK", async () => {
    const { outside } = await importGraph(entryOf(core(), "./schemas"));
    expect([...outside.keys()]).toEqual(["zod/mini"]);
  });
});

test("core's root entry loads where neither the SDK nor zod is", async () => {
  const bare = join(folder, "bare");
  const leaner = { ...core(), manifest: { ...core().manifest, peerDependencies: {} } };
  await unpackInto(bare, [leaner]);
  expect(existsSync(join(bare, "node_modules/zod"))).toBe(false);
  const program = 'const { antiphon } = await import("@antiphon/core"); console.log(typeof antiphon)';
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], { cwd: bare });
  expect(stdout).toBe("function\n");
});

test("core's root entry bundles with its dependencies and without Node, and is as big as it was when somebody looked", async () => {
  const output = { format: "esm", minify: true, codeSplitting: false } as const;
  const { output: chunks } = await build({ input: entryOf(core(), "."), platform: "neutral", write: false, output });
  expect(chunks[0].imports).toEqual([]);
  const kb = Buffer.byteLength(chunks[0].code) / 1000;
  expect(kb).toBeGreaterThan(ROOT_ENTRY_KB - ROOT_ENTRY_PLAY_KB);
  expect(kb).toBeLessThan(ROOT_ENTRY_KB + ROOT_ENTRY_PLAY_KB);
});

test("docs/third-parties.md names the versions that are tried, and the size", () => {
  const document = readFileSync(join(root, "docs/third-parties.md"), "utf8");
  const runtimes = ["bun", "deno", "workerd"].map((name) => `| ${name} ${TOOLS[name]} `);
  const tried = NODES.map((version) => `| node ${version} `).concat(
    runtimes,
    COMPILERS.map((version) => `| typescript ${version} `),
  );
  expect(tried.filter((row) => !document.toLowerCase().includes(row))).toEqual([]);
  expect(document).toContain(`minified, is ${ROOT_ENTRY_KB} kB`);
});
