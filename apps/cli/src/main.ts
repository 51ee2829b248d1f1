#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";

// Before anything of size is loaded: compiled code of the last run is used again.
enableCompileCache();
const [{ EXIT }, { Interruption }, { Output }, { run }] = await Promise.all([
  import("./exit-codes.ts"),
  import("./interruption.ts"),
  import("./render/output.ts"),
  import("./run.ts"),
]);

const { env, stdin, stdout, stderr, platform } = process;
const world = { env, home: homedir(), platform, stdin, stdout, stderr };
const interruption = new Interruption((code) => process.exit(code));
const output = new Output(world);

process.on("SIGINT", () => interruption.trip(EXIT.interrupted));
process.on("SIGTERM", () => interruption.trip(EXIT.terminated));
process.on("SIGHUP", () => interruption.trip(EXIT.hungUp));
stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has what it wants closes the pipe: nothing is wrong then.
  if (error.code === "EPIPE") return interruption.trip(EXIT.ok);
  output.notice(`The answer cannot be written: ${error.message}. What comes of it is kept in the conversation.`);
  interruption.trip(EXIT.failure);
});
stderr.on("error", () => undefined);

const code = await run({ world, output, interruption }, process.argv.slice(2));
// A signal does not wait for a reader that may never read again.
if (interruption.exitCode !== undefined) process.exit(interruption.exitCode);
// Whatever is still open (a socket kept alive, a standard input that nobody closes) must not hold the shell up.
stdout.write("", () => process.exit(interruption.exitCode ?? code));
