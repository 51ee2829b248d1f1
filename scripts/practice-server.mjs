import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Failure } from "./failure.mjs";
import { SOURCE_FLAGS } from "./project-node.mjs";

const readyTimeoutMs = 20_000;

/**
 * Starts the practice server of packages/testing on a free loopback port and waits until it listens. It ends with `stop()`, and also when
 * this process dies in any way, because its standard input then closes.
 */
export async function startPracticeServer({ root, node, env }) {
  const program = join(root, "packages", "testing", "bin", "messages-server");
  const child = spawn(node, [...SOURCE_FLAGS, program, "--port", "0", "--exit-with-stdin"], {
    env,
    stdio: ["pipe", "pipe", "pipe"],
    // Its own process group: Ctrl-C in the chat stops a reply, not the server.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const exited = once(child, "close").catch(() => undefined);
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  try {
    return { url: await listening(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listening(child) {
  return new Promise((resolve, reject) => {
    let stderr = "";
    const fail = (reason) => {
      clearTimeout(timer);
      reject(new Failure(`the practice server did not start: ${reason}.`));
    };
    const timer = setTimeout(() => fail(`nothing was heard from it for ${readyTimeoutMs / 1000} s`), readyTimeoutMs);
    child.stderr.on("data", (chunk) => (stderr = (stderr + chunk).slice(-2000)));
    child.once("error", (error) => fail(error.message));
    child.once("close", (code) => fail(lastLine(stderr) || `it ended with exit code ${code}`));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const url = /^listening on (http:\/\/\S+)$/.exec(line)?.[1];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

function lastLine(text) {
  return text.trim().split("\n").at(-1);
}
