import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runToEnd } from "./child.mjs";
import { Failure, installFailure, systemFailure } from "./failure.mjs";
import { manifests, missingPackage } from "./installed.mjs";
import { projectNode } from "./project-node.mjs";

/**
 * Installs what is not in place and gives the path of the Node that runs Antiphon. Progress goes to stderr; stdout stays the program's. A
 * second run with nothing changed reads a stamp and is done.
 */
export async function setUp({ root, env }) {
  const stamp = join(root, "node_modules", ".antiphon-set-up.json");
  const wanted = fingerprint(root);
  const done = readStamp(stamp);
  const isDone = done && done.inputs === wanted && done.installed === installedAt(root) && existsSync(done.node);
  if (isDone && missingPackage(root) === undefined) return done.node;

  const began = Date.now();
  prepareFolder(root, stamp);
  process.stderr.write("antiphon: installing dependencies (the first time this takes about a minute)\n");
  await install(root, env);
  const missing = missingPackage(root);
  if (missing !== undefined)
    throw new Failure(`${missing} is missing after the installation: delete ${join(root, "node_modules")} and run the command again.`);
  const node = projectNode(root);
  writeFileSync(stamp, JSON.stringify({ inputs: wanted, installed: installedAt(root), node }));
  process.stderr.write(`antiphon: ready after ${Math.round((Date.now() - began) / 1000)} s\n`);
  return node;
}

/** A hash of everything that decides what an installation holds. */
export function fingerprint(root) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\0`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests(root)]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** When pnpm last changed the installation, by hand or from here. */
function installedAt(root) {
  return statSync(join(root, "node_modules", ".modules.yaml"), { throwIfNoEntry: false })?.mtimeMs;
}

function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function prepareFolder(root, stamp) {
  try {
    mkdirSync(join(root, "node_modules"), { recursive: true });
    rmSync(stamp, { force: true });
    writeFileSync(stamp, "");
    rmSync(stamp);
  } catch (error) {
    throw new Failure(systemFailure(error.code, root) ?? error.message, { cause: error });
  }
}

async function install(root, env) {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const output = [];
  const code = await runToEnd(
    "npx",
    ["--yes", packageManager, "install", "--frozen-lockfile", "--reporter=append-only"],
    {
      cwd: root,
      // Standard input may hold the user's question.
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...env, ...installSettings },
      shell: process.platform === "win32",
    },
    (child) => {
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
    },
  ).catch((error) => {
    if (error.code === "ENOENT") throw new Failure("npx was not found: install npm (it comes with Node) and run the command again.");
    throw error;
  });
  if (code === 0) return;
  if (interrupted.includes(code)) throw new Failure("the set-up was interrupted; run the command again.", { exitCode: code });
  if ([root, homedir()].some(isFull)) throw new Failure(systemFailure("ENOSPC"));
  throw new Failure(installFailure(Buffer.concat(output).toString("utf8")));
}

const installSettings = {
  // pnpm asks nothing.
  CI: "true",
  // The reason of a failure is printed, whatever `npm --silent` says.
  npm_config_loglevel: "error",
  // The lockfile names exact versions, so what a cache holds needs no question to the registry.
  npm_config_prefer_offline: "true",
  pnpm_config_prefer_offline: "true",
  // A dead network is told after seconds; left alone, pnpm tries for ten minutes.
  npm_config_fetch_retries: "1",
  npm_config_fetch_retry_mintimeout: "1000",
  pnpm_config_fetch_retries: "1",
  pnpm_config_fetch_retry_mintimeout: "1000",
  pnpm_config_fetch_retry_maxtimeout: "2000",
};

// 128 + SIGHUP, SIGINT, SIGTERM: somebody meant it.
const interrupted = [129, 130, 143];

/** A full disk shows in many ways (a bus error among them), so it is measured. */
function isFull(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < 16 * 2 ** 20;
  } catch {
    return false;
  }
}
