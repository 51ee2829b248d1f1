/**
 * Many random programs, judged by every law: `node --conditions=@antiphon/source packages/testing/test/laws/long-run.ts`, with
 * `--programs`, `--workers` and `--seed`. Prints what was run and what was found; its exit code is 1 where a law was broken.
 * docs/laws.md has the figures of one such run.
 */
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { addTallies, emptyTally, type Tally } from "./long-run-tally.ts";
import { runChunk } from "./long-run-chunk.ts";

/** Programs that are drawn from one seed. */
const CHUNK = 500;

interface Share {
  readonly seeds: readonly number[];
  readonly programs: number;
}

if (isMainThread) await main();
else await work(workerData as Share);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      programs: { type: "string", default: "100000" },
      workers: { type: "string", default: "2" },
      seed: { type: "string", default: "1" },
    },
  });
  const [programs, workers, seed] = [Number(values.programs), Number(values.workers), Number(values.seed)];
  const seeds = Array.from({ length: Math.ceil(programs / CHUNK) }, (_, at) => seed + at);
  const began = performance.now();
  let total = emptyTally();
  const report = (tally: Tally): void => {
    total = addTallies(total, tally);
    for (const violation of tally.violations) console.log(violation);
    if (total.programs % (CHUNK * 4) === 0) console.log(summary(total, began));
  };
  const shares = Array.from({ length: workers }, (_, worker) => seeds.filter((__, at) => at % workers === worker));
  await Promise.all(shares.map((share) => workerOf({ seeds: share, programs: CHUNK }, report)));
  console.log(`seeds ${seed} to ${seed + seeds.length - 1}, ${CHUNK} programs each, ${workers} workers`);
  console.log(summary(total, began));
  process.exitCode = total.violations.length > 0 ? 1 : 0;
}

function workerOf(share: Share, report: (tally: Tally) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on("message", report);
    worker.once("error", reject);
    worker.once("exit", () => resolve());
  });
}

async function work({ seeds, programs }: Share): Promise<void> {
  // A port of worker threads has no origins.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  for (const seed of seeds) parentPort!.postMessage(await runChunk(seed, programs));
}

function summary({ violations, ...counts }: Tally, began: number): string {
  const shown = Object.entries(counts).map(([name, count]) => `${name}: ${Math.round(count)}`);
  return `${shown.join(", ")}, seconds: ${Math.round((performance.now() - began) / 1000)}, violations: ${violations.length}`;
}
