import fc from "fast-check";
import { LAWS } from "./laws.ts";
import { addTallies, emptyTally, type Tally, tallyOf } from "./long-run-tally.ts";
import { anyProgram, type Program, runProgram } from "./program.ts";

/** Runs so many programs of one seed, and judges each by every law. */
export async function runChunk(seed: number, programs: number): Promise<Tally> {
  const before = process.threadCpuUsage();
  let tally = emptyTally();
  for (const program of fc.sample(anyProgram, { seed, numRuns: programs })) {
    const trace = await runProgram(program);
    const violations: string[] = [];
    for (const [law, judge] of Object.entries(LAWS)) {
      const found = await judge(trace);
      if (found.length > 0)
        violations.push(`${law}\n  seed ${seed}: ${await shrunk(law as keyof typeof LAWS, program)}\n  ${found[0]!.slice(0, 1000)}`);
    }
    tally = addTallies(tally, { ...tallyOf(trace, program.steps.length), violations });
  }
  const { user, system } = process.threadCpuUsage(before);
  return { ...tally, cpuSeconds: (user + system) / 1e6 };
}

/** The program without the steps that it breaks the law without. */
async function shrunk(law: keyof typeof LAWS, program: Program): Promise<string> {
  let least = program;
  for (let at = program.steps.length - 1; at >= 0; at -= 1) {
    const fewer = { ...least, steps: least.steps.toSpliced(at, 1) };
    const found = await LAWS[law](await runProgram(fewer));
    if (found.length > 0) least = fewer;
  }
  return JSON.stringify(least);
}
