import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";

/**
 * Runs a program to its end and gives its exit code, 128 + n when signal n ended it. Signals that reach this process are the program's to
 * answer: each arrives there once.
 */
export function runToEnd(command, args, options, onSpawn) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    const release = passSignals(child);
    child.once("error", (error) => {
      release();
      reject(error);
    });
    child.once("close", (code, signal) => {
      release();
      resolve(signal === null ? code : 128 + constants.signals[signal]);
    });
    onSpawn?.(child);
  });
}

function passSignals(child) {
  // A terminal sends Ctrl-C to the whole foreground group, so the child has it already.
  const ignore = () => {};
  const pass = (signal) => child.kill(signal);
  const handlers = { SIGINT: hasTerminal() ? ignore : pass, SIGTERM: pass, SIGHUP: pass };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  const watch = watchNpm(() => pass("SIGTERM"));
  return () => {
    clearInterval(watch);
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  };
}

/** npm passes a SIGTERM on to the shell between us and it, and no further: what is left to see is that the parent is gone. */
function watchNpm(whenGone) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    whenGone();
  }, 250);
  return watch.unref();
}

function hasTerminal() {
  if (process.platform === "win32") return true;
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
