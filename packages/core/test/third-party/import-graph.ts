import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

export interface ImportGraph {
  /** The files of the package that are reached, the first one among them. */
  readonly files: ReadonlySet<string>;
  /** What is imported from outside of it, each with a file that does. */
  readonly outside: ReadonlyMap<string, string>;
}

/** Follows the imports of a built file: static, dynamic and re-exports, those behind types being gone by now. */
export async function importGraph(entry: string): Promise<ImportGraph> {
  const files = new Set<string>();
  const outside = new Map<string, string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const module of importsIn(await readFile(file, "utf8"))) {
      if (module.startsWith(".")) open.push(resolve(dirname(file), module));
      else outside.set(module, file);
    }
  }
  return { files, outside };
}

/** The modules that JavaScript names, as the compiler writes it: one statement a line or over several. */
export function importsIn(source: string): readonly string[] {
  const statement = /^\s*(?:import|export)\s*(?:[\w*{][^;"']*?\bfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;
  return [...source.matchAll(statement)].map((match) => match[1] ?? match[2] ?? "");
}

/** The package that a module belongs to; Node's own keep their prefix. */
export function packageOf(module: string): string {
  return module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
}
