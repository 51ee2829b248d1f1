import { parseArgs } from "node:util";
import { startMessagesServer } from "./server.ts";

const HELP = `messages-server: a strict local Messages API server to practise against.

Usage: messages-server [options]

  --port <number>     port on 127.0.0.1 (default 0: any free one)
  --pace <ms>         pause behind each chunk of a reply (default 15)
  --exit-with-stdin   end when standard input closes
  --verbose           one line to stderr for each request
  --help              this text

When it is ready it prints one line: listening on http://127.0.0.1:PORT
It is no model: it says what it was sent. Any key that is not empty is let in.
`;

/** The program `bin/messages-server`. Resolves to its exit code when it did not start, to `undefined` while it runs. */
export async function runMessagesServer(args: readonly string[]): Promise<number | undefined> {
  const flags = readFlags(args);
  if (typeof flags === "string") {
    process.stderr.write(`messages-server: ${flags}\n`);
    return 2;
  }
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    const server = await startMessagesServer({
      port: flags.port,
      paceMs: flags.paceMs,
      onExchange: ({ method, path, status, clientLeft }) => {
        if (flags.verbose) process.stderr.write(`${method} ${path} ${status ?? "-"}${clientLeft ? " (the client left)" : ""}\n`);
      },
    });
    // The process has nothing to save; open replies end with it.
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
    if (flags.exitWithStdin) process.stdin.once("close", () => process.exit(0)).resume();
    process.stdout.write(`listening on ${server.url}\n`);
    return undefined;
  } catch (error) {
    process.stderr.write(
      `messages-server: cannot listen on port ${flags.port}: ${error instanceof Error ? error.message : String(error)}. Choose another with --port.\n`,
    );
    return 1;
  }
}

interface Flags {
  readonly port: number;
  readonly paceMs: number;
  readonly exitWithStdin: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

/** The flags, or what is wrong with them. */
function readFlags(args: readonly string[]): Flags | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: "0" },
        pace: { type: "string", default: "15" },
        "exit-with-stdin": { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const [port, paceMs] = [Number(values.port), Number(values.pace)];
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return `--port must be a whole number from 0 to 65535, not "${values.port}".`;
    if (!Number.isFinite(paceMs) || paceMs < 0) return `--pace must be a number of milliseconds, not "${values.pace}".`;
    return { port, paceMs, exitWithStdin: values["exit-with-stdin"], verbose: values.verbose, help: values.help };
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : String(error);
  }
}
