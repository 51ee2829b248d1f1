import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export type Manifest = {
  name: string;
  license?: string;
  author?: string;
  type?: string;
  sideEffects?: boolean;
  private?: boolean;
  engines?: Record<string, string>;
  files?: string[];
  publishConfig?: Record<string, unknown>;
  bin?: Record<string, string>;
  exports?: Record<string, Record<string, string>>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
};

/** One package of the workspace; `folder` is relative to the top. */
export type Package = { folder: string; manifest: Manifest; tag: string };

const notOurs = new Set([".git", ".turbo", "coverage", "dist", "node_modules"]);

export const read = (file: string): string => readFileSync(join(root, file), "utf8");

export const readJson = (file: string): unknown => JSON.parse(read(file));

export const packages: Package[] = ["packages", "apps"].flatMap((parent) =>
  folders(parent).map((folder) => ({
    folder,
    manifest: readJson(`${folder}/package.json`) as Manifest,
    tag: (readJson(`${folder}/turbo.json`) as { tags: string[] }).tags.join(),
  })),
);

/** The folders directly in a folder, by their paths from the top. */
export function folders(parent: string): string[] {
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notOurs.has(entry.name))
    .map((entry) => join(parent, entry.name))
    .toSorted();
}

/** Every file of the repository that a person wrote, by its path from the top. */
export const files: string[] = walk(root).toSorted();

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() ? [relative(root, path)] : [];
  });
}

/** The catalog of pnpm-workspace.yaml, read line by line: it is a flat list. */
export const catalog: Record<string, string> = Object.fromEntries(
  (/^catalog:\n((?: {2}.*\n)+)/m.exec(read("pnpm-workspace.yaml"))?.[1] ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name = "", version = ""] = /^ {2}"?([^":]+)"?: (\S+)$/.exec(line) ?? [];
      return [name, version];
    }),
);
