import { Child } from "../measure/child.ts";
import { digits, table } from "../measure/numbers.ts";

export interface HistoryOptions {
  /** The two lengths that are compared, in messages. */
  readonly lengths: readonly [number, number];
  /** How often each operation is done at each length. */
  readonly times: number;
}

const STORES = { memory: "`MemoryStore`", sqlite: "`SqliteStore`" } as const;

/** What an operation costs behind a short history and behind a long one, in CPU milliseconds: what does not grow with it costs the same. */
export async function history({ lengths, times }: HistoryOptions): Promise<string> {
  const [short, long] = lengths;
  const rows: string[][] = [];
  for (const [store, name] of Object.entries(STORES)) {
    const child = await Child.start(new URL("history-program.ts", import.meta.url), [store]);
    const at = async (messages: number) => (await child.ask({ messages, times })) as Record<string, number>;
    // Unmeasured: the first operations are done by code that is not compiled yet.
    await at(short);
    const few = await at(short);
    const many = await at(long);
    for (const [operation, cost] of Object.entries(few))
      rows.push([`${name}: ${operation}`, digits(cost), digits(many[operation]!), digits(many[operation]! / cost)]);
    await child.stop();
  }
  const head = ["CPU ms", `behind ${short.toLocaleString("en")} messages`, `behind ${long.toLocaleString("en")}`, "ratio"];
  return table(head, rows);
}
