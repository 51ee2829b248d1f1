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

process.on("SIGINT", () => interruption.signalled(EXIT.interrupted));
process.on("SIGTERM", () => interruption.signalled(EXIT.terminated));
process.on("SIGHUP", () => interruption.signalled(EXIT.hungUp));
stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has what it wants closes the pipe: nothing is wrong then.
  const wrong = error.code !== "EPIPE" && interruption.exitCode === undefined;
  if (error.code === "EPIPE") output.silence();
  if (wrong) output.notice(`The answer cannot be written: ${error.message}. What comes of it is kept in the conversation.`);
  interruption.readerLeft(wrong ? EXIT.failure : EXIT.ok);
});
stderr.on("error", () => undefined);

const code = await run({ world, output, interruption }, process.argv.slice(2));
// A signal does not wait for a reader that may never read again.
if (interruption.exitCode !== undefined) process.exit(interruption.exitCode);
// Whatever is still open (a socket kept alive, a standard input that nobody closes) must not hold the shell up.
stdout.write("", () => process.exit(interruption.exitCode ?? code));
