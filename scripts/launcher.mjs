import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { missingPackage } from "./installed.mjs";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

const missing = missingPackage(root, ["dependencies"]);
if (missing !== undefined) notSetUp(`${missing} is missing: run "npm start" once in ${root}`);
else await import("../apps/cli/src/main.ts").catch(notFound);

/** A package of a package: only loading it shows that it is not there, and only a new installation brings it back. */
function notFound(error) {
  const name = error?.code === "ERR_MODULE_NOT_FOUND" && /^Cannot find package '([^']+)'/.exec(error.message)?.[1];
  if (!name) throw error;
  notSetUp(`${name} cannot be loaded: delete ${join(root, "node_modules")} and run "npm start" in ${root}`);
}

function notSetUp(reason) {
  process.stderr.write(`antiphon: this checkout is not set up: ${reason}.\n`);
  process.exitCode = 1;
}
