import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, realpath, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The repository's top folder. */
export const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** What third parties import, in the order in which it is built. */
const PUBLISHED = ["core", "store-sqlite", "testing"] as const;

export interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface PackedPackage {
  readonly tarball: string;
  readonly manifest: PackedManifest;
}

/**
 * Builds the packages from nothing and packs them as they would be published, in an empty folder: a build in the checkout may hold files
 * whose source is gone, and other programs are using it.
 */
export async function packPackages(folder: string): Promise<readonly PackedPackage[]> {
  await stageRoot(folder);
  for (const name of PUBLISHED) await stagePackage(folder, name);
  await run(join(root, "node_modules/.bin/tsc"), ["-b", ...PUBLISHED.map((name) => `packages/${name}`)], { cwd: folder }).catch(
    failed("tsc -b"),
  );
  const tarballs = join(folder, "tarballs");
  await pnpm(folder, "--recursive", "--filter", "./packages/*", "pack", "--pack-destination", tarballs);
  return Promise.all((await readdir(tarballs)).toSorted().map((file) => readTarball(join(tarballs, file))));
}

/** Unpacks the packages into `node_modules`, with the versions of their dependencies and peers that this repository tests with beside them. */
export async function unpackInto(folder: string, packed: readonly PackedPackage[]): Promise<void> {
  for (const { manifest, tarball } of packed) {
    const place = join(folder, "node_modules", manifest.name);
    await mkdir(place, { recursive: true });
    await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", place]);
    const ours = new Set(packed.map((each) => each.manifest.name));
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      if (!ours.has(name))
        await link(join(root, "packages", manifest.name.split("/")[1] ?? "", "node_modules", name), join(folder, "node_modules", name));
    }
  }
}

/** Fails with what the program printed. */
export function failed(what: string) {
  return (error: { stdout?: string; stderr?: string; message: string }): never => {
    throw new Error(`${what} failed:\n${error.stdout ?? ""}${error.stderr ?? error.message}`);
  };
}

async function stageRoot(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of ["package.json", "pnpm-workspace.yaml", "tsconfig.base.json", "LICENSE"])
    await cp(join(root, file), join(folder, file));
  await link(join(root, "node_modules/@types"), join(folder, "node_modules/@types"));
}

async function stagePackage(folder: string, name: string): Promise<void> {
  const [from, to] = [join(root, "packages", name), join(folder, "packages", name)];
  await mkdir(to, { recursive: true });
  for (const file of ["package.json", "tsconfig.json", "src"]) await cp(join(from, file), join(to, file), { recursive: true });
  for (const dependency of await dependenciesIn(join(from, "node_modules"))) {
    const sibling = /^@antiphon\/(.*)$/.exec(dependency)?.[1];
    await link(sibling ? join(folder, "packages", sibling) : join(from, "node_modules", dependency), join(to, "node_modules", dependency));
  }
}

async function dependenciesIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  const scoped = names.map(async (name) =>
    name.startsWith("@") ? (await readdir(join(folder, name))).map((inner) => `${name}/${inner}`) : [name],
  );
  return (await Promise.all(scoped)).flat();
}

async function link(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await symlink(await realpath(from).catch(() => from), to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

async function pnpm(folder: string, ...args: readonly string[]): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { packageManager: string };
  await run("npx", ["--yes", packageManager, ...args], { cwd: folder }).catch(failed(`pnpm ${args.join(" ")}`));
}

async function readTarball(tarball: string): Promise<PackedPackage> {
  const { stdout } = await run("tar", ["-xzOf", tarball, "package/package.json"]);
  return { tarball, manifest: JSON.parse(stdout) as PackedManifest };
}
