import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "rolldown";
import { type PackedPackage, root } from "./packed-packages.ts";
import { COMPILERS, type Runtime, type Toolbox } from "./toolbox.ts";

const TIMEOUT_MS = 60_000;
const run = promisify(execFile);

/** One line of the table. */
export interface Check {
  readonly on: string;
  readonly does: string;
  /** Resolves where it holds, and rejects with what was printed. `undefined` where it cannot be tried here. */
  readonly attempt: (() => Promise<unknown>) | undefined;
}

/** What each program does, by its file in the consumer's folder. */
const PROGRAMS = [
  ["memory-turn.mjs", "a turn, in memory"],
  ["sqlite-turn.mjs", "a turn, in a SQLite file"],
  ["own-server.mjs", "a turn against its own practice server"],
] as const;

export function runtimeChecks(folder: string, url: string, { runtimes, workerd }: Toolbox): Check[] {
  const onProcess = ({ name, command }: Runtime): Check[] =>
    PROGRAMS.map(([file, does]) => ({
      on: name,
      does,
      attempt: command && (() => run(command[0], [...command.slice(1), file, url, `${name}.db`], { cwd: folder, timeout: TIMEOUT_MS })),
    }));
  return [
    ...runtimes.flatMap(onProcess),
    { on: workerd.name, does: "a turn, in memory", attempt: workerd.command && (() => runWorker(folder, url, workerd.command!)) },
  ];
}

/** Both worlds of globals: a browser's types without Node's, and Node's without a browser's. */
const WORLDS = [
  ["DOM types", { lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.AsyncIterable"], types: [] }],
  ["Node types", { lib: ["ES2022", "ESNext.Disposable"], types: ["node"] }],
] as const;

/** Each compiler in both worlds and both resolutions; those that are neither the oldest nor the newest in one pairing of them, for time's sake. */
export function typeChecks(folder: string, toolbox: Toolbox): Check[] {
  const resolutions = ["NodeNext", "Bundler"] as const;
  return COMPILERS.flatMap((version, at) =>
    WORLDS.flatMap(([world, globals], worldAt) =>
      resolutions
        .filter((_, resolutionAt) => at === 0 || at === COMPILERS.length - 1 || resolutionAt !== worldAt)
        .map((resolution) => ({
          on: `TypeScript ${version}`,
          does: `${resolution}, ${world}`,
          attempt: () => compile(folder, { compiler: toolbox.compiler(version), resolution, globals }),
        })),
    ),
  );
}

export function manifestChecks(packed: readonly PackedPackage[], { attw }: Toolbox): Check[] {
  return packed.flatMap(({ manifest, tarball }) => [
    {
      on: manifest.name,
      does: "publint --strict",
      attempt: () => run(join(root, "node_modules/.bin/publint"), ["--strict", tarball]),
    },
    {
      on: manifest.name,
      does: "attw --profile esm-only",
      attempt: () => run(process.execPath, [attw, tarball, "--profile", "esm-only", "--no-color", "--no-emoji"]),
    },
  ]);
}

async function runWorker(folder: string, url: string, [program, ...args]: readonly [string, ...string[]]): Promise<void> {
  await build({
    cwd: folder,
    input: "worker.mjs",
    platform: "browser",
    resolve: { conditionNames: ["workerd", "worker", "browser"] },
    output: { file: join(folder, "worker.bundle.mjs"), format: "esm", codeSplitting: false },
    logLevel: "silent",
  });
  await run(program, [...args, "worker.capnp"], { cwd: folder, timeout: TIMEOUT_MS, env: { ...process.env, SERVER: url } });
}

interface Compilation {
  readonly compiler: string;
  readonly resolution: "NodeNext" | "Bundler";
  readonly globals: object;
}

async function compile(folder: string, { compiler, resolution, globals }: Compilation): Promise<void> {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false };
  const module = resolution === "Bundler" ? "ESNext" : "NodeNext";
  const compilerOptions = { ...strict, ...globals, module, moduleResolution: resolution, target: "ES2022", noEmit: true };
  const project = join(folder, "tsconfig.json");
  await writeFile(project, JSON.stringify({ compilerOptions, files: ["program.mts"] }));
  await run(process.execPath, [compiler, "--project", project], { cwd: folder });
}
