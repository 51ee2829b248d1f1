import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MessagesServer, type MessagesServerOptions, startMessagesServer } from "@antiphon/testing/messages-server";
import { vi } from "vitest";

// A process is started for each thing that is tested, and a busy machine takes its time with each.
vi.setConfig({ testTimeout: 20_000 });

/** What the server sends in a first piece of at most 24 characters, what must follow it, and the place between: behind message_start, content_block_start, ping, the piece. */
export const FIRST_DELTA = "This came before it";
export const SECOND_DELTA = " ended, and this";
export const AFTER_FIRST_DELTA = { afterEvents: 4 } as const;

export const PROGRAM = fileURLToPath(new URL("../bin/antiphon", import.meta.url));

/** Gives up root's rights at a first look for a database: by then all that is needed is loaded from where nobody else may look. */
const dropRights = (looks: string) => `import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
for (const [home, name] of ${looks}) {
  const look = home[name];
  home[name] = (path, ...rest) => {
    if (String(path).includes(".db") && process.getuid() === 0) process.setgroups([]), process.setgid(65534), process.setuid(65534);
    return look(path, ...rest);
  };
}
syncBuiltinESMExports();`;

/**
 * Makes the program somebody who may not read or write everything, from its own first look for a database on or, with
 * `store`, from the store's. Whoever runs the tests without root's rights is that already.
 */
export function asNobody(from: "program" | "store"): Readonly<Record<string, string>> {
  if (process.getuid?.() !== 0) return {};
  const code = dropRights(from === "program" ? '[[fs, "statSync"]]' : '[[fs.promises, "stat"]]');
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

/** A standard input that nobody writes to, or only the test. */
export const OPEN = Symbol("open");

/** Gives a program a real terminal, with what is written to its own standard input as the keys: `[...ON_A_TERMINAL, "a shell command", "/dev/null"]`. */
export const ON_A_TERMINAL = ["script", "-qfec"] as const;

/** Whether util-linux's `script` is here to do so. */
export const hasTerminal =
  process.platform === "linux" && /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  /** What is piped in; `OPEN` for a pipe that nobody writes to or closes. Nothing, at its end, unless told. */
  readonly stdin?: string | Uint8Array | typeof OPEN;
  /** Over the environment of the place; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** The program and its first arguments; the real one unless told. */
  readonly program?: readonly string[];
}

/** A practice server, a home of its own, and the real program between them. */
export interface Place extends AsyncDisposable {
  readonly server: MessagesServer;
  readonly home: string;
  readonly database: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Starts the program. */
  start(args: readonly string[], options?: StartOptions): Running;
  /** Runs it to its end. */
  run(args: readonly string[], options?: StartOptions): Promise<Ended>;
  /** The bodies of the requests for messages that came, in order. */
  bodies(): readonly RequestBody[];
}

export interface RequestBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly system?: unknown;
  readonly messages: readonly { readonly role: string; readonly content: readonly Readonly<Record<string, unknown>>[] }[];
}

export async function openPlace(options: MessagesServerOptions = {}): Promise<Place> {
  const server = await startMessagesServer(options);
  const home = mkdtempSync(join(tmpdir(), "antiphon-cli-"));
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    XDG_DATA_HOME: join(home, "data"),
    ANTHROPIC_BASE_URL: server.url,
    ANTHROPIC_API_KEY: "practice",
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
  };
  const running = new Set<Running>();
  const start = (args: readonly string[], { program = [PROGRAM], ...more }: StartOptions = {}): Running => {
    const started = new Running([...program, ...args], { ...more, env: { ...env, ...more.env } });
    running.add(started);
    return started;
  };
  return {
    server,
    home,
    database: join(home, "data", "antiphon", "conversations.db"),
    env,
    start,
    run: (args, more) => start(args, more).ended,
    bodies: () => server.requests.filter(({ path }) => path.startsWith("/v1/messages")).map(({ body }) => body as RequestBody),
    async [Symbol.asyncDispose]() {
      for (const one of running) one.kill("SIGKILL");
      await Promise.all([...running].map((one) => one.ended));
      await server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A program under way. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = "";
  stderr = "";
  readonly #checks = new Set<() => void>();

  constructor(command: readonly string[], options: StartOptions) {
    const { stdin = "", env, cwd } = options;
    this.child = spawn(command[0]!, command.slice(1), { env, cwd, stdio: [stdin === "" ? "ignore" : "pipe", "pipe", "pipe"] });
    for (const name of ["stdout", "stderr"] as const) {
      this.child[name]!.setEncoding("utf8").on("data", (text: string) => {
        this[name] += text;
        for (const check of this.#checks) check();
      });
    }
    // A program that ends before it has read all that is piped to it is not this side's failure.
    this.child.stdin?.on("error", () => undefined);
    if (stdin !== OPEN) this.child.stdin?.end(stdin);
    this.ended = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (code, signal) => resolve({ code, signal, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  write(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Settles when the output holds this text; rejects when the program ends without. */
  async until(text: string, name: "stdout" | "stderr" = "stdout"): Promise<void> {
    const shown = new Promise<void>((resolve) => {
      const check = (): void => {
        if (!this[name].includes(text)) return;
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
    const ended = this.ended.then(({ code, signal, stdout, stderr }) => {
      if (!this[name].includes(text))
        throw new Error(`ended (${code ?? signal}) without ${JSON.stringify(text)} on ${name}:\n${stdout}\n${stderr}`);
    });
    await Promise.race([shown, ended]);
  }
}

/** The lines of stderr, one for each thing said. */
export function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
