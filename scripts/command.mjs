import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, failureLine } from "./failure.mjs";
import { setUp } from "./set-up.mjs";
import { start } from "./start.mjs";
import { test } from "./test.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const commands = { start, test, "set-up": () => 0 };

/** Sets up what is not in place, then does the command; the exit code is the command's own. */
export async function run(name, args) {
  try {
    const command = commands[name];
    if (!command) throw new Failure(`there is no command "${name}": use one of ${Object.keys(commands).join(", ")}.`);
    const node = await setUp({ root, env: process.env });
    process.exitCode = await command({ root, node, args, env: process.env });
  } catch (error) {
    process.stderr.write(`antiphon: ${failureLine(error)}\n`);
    process.exitCode = error instanceof Failure ? error.exitCode : 1;
  }
}
