import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The manifests of the workspace, relative to `root`. */
export function manifests(root) {
  const folders = ["packages", "apps"].flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name)));
  return [...folders, "examples", "benchmarks"]
    .map((folder) => join(folder, "package.json"))
    .filter((file) => existsSync(join(root, file)))
    .toSorted();
}

/**
 * A package that a manifest names and that is not in its place, as a path relative to `root`; undefined when all are there. It looks for one
 * file of each, which is cheap: what those packages depend on in turn is not looked at. `kinds` are the manifests' fields.
 */
export function missingPackage(root, kinds = ["dependencies", "devDependencies"]) {
  for (const file of ["package.json", ...manifests(root)]) {
    const manifest = JSON.parse(readFileSync(join(root, file), "utf8"));
    for (const name of kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}))) {
      const place = join(file, "..", "node_modules", name);
      if (!existsSync(join(root, place, "package.json"))) return place;
    }
  }
  return undefined;
}
