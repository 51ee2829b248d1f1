import { Child } from "../measure/child.ts";
import { digits, exponent, median, table } from "../measure/numbers.ts";
import { ALL, ANTIPHON, PEERS, SDK_LOOP, SDK_STREAM } from "./contestants.ts";
import { FULL_SIZE, type Kind, KINDS } from "./replies.ts";

export interface StreamsOptions {
  /** How often each contestant reads each reply, and its double. The peers, which take long, read every fourth time, and no double. */
  readonly rounds: number;
  /** Of the sizes that the targets name. */
  readonly scale: number;
  /** Contestants whose name has one of these in it; all unless told. */
  readonly only?: readonly string[];
  readonly kinds?: readonly Kind[];
  /** Rounds that are not counted; unless told, as many as {@link WARMING_DELTAS} take, and 4 at least. */
  readonly warming?: number;
}

/** The first replies are read by code that is not compiled yet: after so many deltas it is, for everybody. */
const WARMING_DELTAS = 400_000;

/** Milliseconds that one reading may take. A contestant that takes longer is out, and its row says so. */
const READING_MS = 30_000;

/** What reading one reply costs in CPU, for every contestant: a table for each kind of reply. */
export async function streams({ rounds, scale, only, kinds = KINDS, warming }: StreamsOptions): Promise<string> {
  const names = ALL.filter((name) => only === undefined || only.some((part) => name.includes(part)));
  const server = await Child.start(new URL("sse-server.ts", import.meta.url));
  const { port } = (await server.ask({})) as { port: number };
  const parts: string[] = [];
  for (const kind of kinds) {
    const deltas = Math.max(1, Math.round(FULL_SIZE[kind] * scale));
    const costs = await measure({
      names,
      kind,
      deltas,
      rounds,
      warming: warming ?? Math.max(4, Math.ceil(WARMING_DELTAS / deltas / 3)),
      url: `http://127.0.0.1:${port}`,
    });
    parts.push(`### ${TITLE[kind](deltas.toLocaleString("en"))}`, report(costs));
  }
  await server.stop();
  return parts.join("\n\n");
}

const TITLE: Readonly<Record<Kind, (deltas: string) => string>> = {
  text: (deltas) => `A text of ${deltas} deltas`,
  "tool-input": (deltas) => `A tool input of ${deltas} deltas of 20 bytes`,
  thinking: (deltas) => `Thinking of ${deltas} deltas`,
};

/** CPU milliseconds by contestant, for the size and for its double; `Infinity` where it was not done in time. */
type Costs = ReadonlyMap<string, { readonly once: number[]; readonly double: number[] }>;

interface Run {
  readonly names: readonly string[];
  readonly kind: Kind;
  readonly deltas: number;
  readonly rounds: number;
  readonly warming: number;
  readonly url: string;
}

async function measure({ names, kind, deltas, rounds, warming, url }: Run): Promise<Costs> {
  const costs: Costs = new Map(names.map((name) => [name, { once: [], double: [] }]));
  const program = new URL("contestant-program.ts", import.meta.url);
  const children = new Map(await Promise.all(names.map(async (name) => [name, await Child.start(program, [name])] as const)));
  const cost = async (name: string, size: number): Promise<number> => {
    const answer = await children.get(name)?.askWithin(READING_MS, { baseURL: `${url}/${kind}/${size}`, kind });
    if (answer === undefined) children.delete(name);
    return (answer as { cpuMs: number } | undefined)?.cpuMs ?? Number.POSITIVE_INFINITY;
  };
  for (let round = -warming; round < rounds; round += 1) {
    for (const name of names) {
      const isPeer = PEERS.includes(name);
      // Of warming they need one reading: it is long.
      if (isPeer && (round % 4 !== 0 || round < -4)) continue;
      const once = await cost(name, deltas);
      const double = isPeer ? Number.NaN : await cost(name, 2 * deltas);
      if (round < 0) continue;
      costs.get(name)!.once.push(once);
      costs.get(name)!.double.push(double);
    }
  }
  for (const child of children.values()) await child.stop();
  return costs;
}

function report(costs: Costs): string {
  const middle = (name: string): number => median(costs.get(name)?.once ?? []);
  const rows = [...costs].map(([name, { once, double }]) => {
    const cost = median(once);
    if (cost === Number.POSITIVE_INFINITY) return [name, `not done in ${READING_MS / 1000} s`, "", "", ""];
    const growth = ANTIPHON.includes(name) ? digits(exponent(cost, median(double))) : "";
    return [name, digits(cost), digits(cost / middle(SDK_LOOP)), digits(cost / middle(SDK_STREAM)), growth];
  });
  return table(["", "CPU ms", "to the loop", "to `finalMessage()`", "growth exponent"], rows);
}
