import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { failed, type PackedPackage, root } from "./packed-packages.ts";

/** Node's types as a program for the oldest supported Node would have them. */
const NODE_TYPES = "22.19.0";

/** An empty folder in which somebody installed the tarballs, with the programs that use them. */
export async function installConsumer(folder: string, packed: readonly PackedPackage[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(fileURLToPath(new URL("./consumer", import.meta.url)), folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const peers = ["@anthropic-ai/sdk", "zod"].map((name) => `${name}@${devVersion(packed, name)}`);
  const npm = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const tarballs = packed.map(({ tarball }) => tarball);
  await promisify(execFile)("npm", [...npm, ...tarballs, ...peers, `@types/node@${NODE_TYPES}`], { cwd: folder }).catch(
    failed("npm install of the tarballs"),
  );
}

/** The practice server of the packed package, until `close`. */
export async function serve(folder: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const child = spawn(process.execPath, ["serve.mjs"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "close");
  const [url] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), exited])) as [unknown];
  if (typeof url !== "string") throw new Error(`the practice server ended with exit code ${String(url)}`);
  return {
    url,
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}

function devVersion(packed: readonly PackedPackage[], name: string): string {
  const version = packed.map(({ manifest }) => manifest.devDependencies?.[name]).find((each) => each !== undefined);
  if (version === undefined) throw new Error(`no package of ${root} is developed with ${name}`);
  return version;
}
