import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const scripts = dirname(fileURLToPath(import.meta.url));

export type Result = { exitCode: number; stdout: string; stderr: string };

/** A checkout with the real scripts, and small programs in the place of npx, the chat and the practice server. */
export type Checkout = {
  root: string;
  write(file: string, text: string, mode?: number): void;
  run(args: string[], options?: RunOptions): Promise<Result>;
};

export type RunOptions = { env?: Record<string, string | undefined>; input?: string; nodeFlags?: string[] };

/** What a good `npx pnpm install` leaves, and a line for each time that it was asked. */
const npx = `#!/bin/sh
read -r eaten
mkdir -p node_modules/.bin apps/cli/node_modules
date +%s%N > node_modules/.modules.yaml
echo "$*" >> installs.log
`;

const chat = `
let input = "";
for await (const chunk of process.stdin) input += chunk;
const { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key, ANTIPHON_DB: database, ANTIPHON_COMMAND: command } = process.env;
const server: number | undefined = key === "practice" ? (await fetch(url!)).status : undefined;
console.log(JSON.stringify({ args: process.argv.slice(2), input, url, key, database, server, command, cwd: process.cwd() }));
process.exitCode = 3;
`;

const server = `
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
if (process.argv.includes("--exit-with-stdin")) process.stdin.on("close", () => process.exit(0)).resume();
const server = createServer((_, response) => response.writeHead(204).end());
server.listen(0, "127.0.0.1", () => {
  writeFileSync("server.port", String(server.address().port));
  console.log("listening on http://127.0.0.1:" + server.address().port);
});
`;

export function checkout(): Checkout {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "antiphon-checkout-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755);
  const write = (file: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text, { mode });
  };
  cpSync(scripts, join(root, "scripts"), { recursive: true });
  cpSync(join(scripts, "..", "apps", "cli", "bin"), join(root, "apps", "cli", "bin"), { recursive: true });
  write("package.json", JSON.stringify({ type: "module", packageManager: "pnpm@1.2.3" }));
  write("pnpm-lock.yaml", "");
  write("pnpm-workspace.yaml", "");
  write("apps/cli/package.json", `{ "type": "module" }`);
  write("apps/cli/src/main.ts", chat);
  write("packages/testing/package.json", `{ "type": "module" }`);
  write("packages/testing/bin/messages-server", server);
  write("fake-bin/npx", npx, 0o755);
  return {
    root,
    write,
    run: (args, options = {}) =>
      run(root, [process.execPath, ...(options.nodeFlags ?? []), join(root, "scripts", "run.mjs"), ...args], options),
  };
}

/** Runs a program in `root` with the checkout's fake npx first on PATH and none of this process's own settings. */
export function run(root: string, [command = "", ...args]: string[], { env = {}, input = "" }: RunOptions = {}): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      {
        cwd: root,
        env: { PATH: `${join(root, "fake-bin")}:${process.env["PATH"]}`, HOME: root, XDG_DATA_HOME: join(root, "data"), ...env },
      },
      (error, stdout, stderr) => resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
    child.stdin?.on("error", () => {}); // A program may end before it has read its input.
    child.stdin?.end(input);
  });
}
