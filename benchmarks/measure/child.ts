import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/**
 * A process of its own to measure in, so that its heap and its compiled code are nobody else's. It is asked one thing at a
 * time and is idle in between: children that are asked in turn meet the same weather.
 */
export class Child {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts a program that calls {@link answer}; resolves when it is ready. */
  static async start(program: URL, args: readonly string[] = []): Promise<Child> {
    const child = new Child(fork(program, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] }));
    await child.#reply();
    return child;
  }

  async ask(question: object): Promise<unknown> {
    const reply = this.#reply();
    this.#process.send(question);
    return reply;
  }

  /** The same; `undefined` where no answer came in time. The child is of no use then, and stopped. */
  async askWithin(ms: number, question: object): Promise<unknown> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, ms, undefined);
    const reply = this.ask(question);
    reply.catch(() => undefined);
    const first = await Promise.race([reply, late.promise]);
    clearTimeout(timer);
    if (first === undefined) await this.stop();
    return first;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await gone;
  }

  async #reply(): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onExit = (code: number | null): void => reject(new Error(`The child ended with ${code}: ${this.#process.spawnargs.join(" ")}`));
    this.#process.once("message", resolve).once("exit", onExit);
    try {
      const reply = (await promise) as { readonly error?: string };
      if (reply.error !== undefined) throw new Error(`${this.#process.spawnargs.join(" ")}: ${reply.error}`);
      return reply;
    } finally {
      this.#process.off("message", resolve).off("exit", onExit);
    }
  }
}

/** In the child: answers each question of the parent, and says that it is ready. It ends when the parent lets go. */
export function answer(reply: (question: unknown) => Promise<object>): void {
  process.on("message", (question) => {
    reply(question).then(
      (given) => process.send!(given),
      (error: unknown) => process.send!({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  // A parent that is gone asks nothing any more.
  process.on("disconnect", () => process.exit());
  process.send!({});
}

/** CPU milliseconds of this process, all threads, that a piece of work takes. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
