/**
 * Breaks the engine in one place for each law, and looks whether the law's judge sees it:
 * `node --conditions=@antiphon/source packages/testing/test/laws/break-laws.ts`. Nothing is written: a broken source is only what a
 * process of its own loads. Prints a table; its exit code is 1 where a mutant lived.
 */
import { spawnSync } from "node:child_process";
import { registerHooks } from "node:module";
import { MUTANTS, type Mutant } from "./mutants.ts";

/** Programs that a mutant may live through. */
const PROGRAMS = 1_500;

const [, script, given] = process.argv;
if (given === undefined) breakAll();
else await tryMutant(MUTANTS[Number(given)]!);

function breakAll(): void {
  console.log("| law | broken in | mutant | seen |\n| --- | --- | --- | --- |");
  for (const [at, { law, file, what }] of MUTANTS.entries()) {
    const { stdout, status } = spawnSync(process.execPath, [...process.execArgv, script!, String(at)], { encoding: "utf8" });
    if (status !== 0) process.exitCode = 1;
    console.log(`| ${law.replace(/\.$/, "")} | \`packages/core/src/${file}\` | ${what} | ${stdout.trim() || "not at all"} |`);
  }
}

/** Runs programs on the broken engine until the law is seen broken. */
async function tryMutant(mutant: Mutant): Promise<void> {
  const isBroken = breakOnLoad(mutant);
  const seen = mutant.law === "Law 9." ? await tryCosts() : await tryPrograms(mutant.law);
  if (!isBroken()) throw new Error(`${mutant.file} does not read "${mutant.from}" any more.`);
  if (seen === undefined) process.exitCode = 1;
  else console.log(seen);
}

/** Has the engine loaded with that place broken, and says whether the place was there. */
function breakOnLoad({ file, from, to }: Mutant): () => boolean {
  let isBroken = false;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/packages/core/src/${file}`)) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      isBroken = source.includes(from);
      return { ...loaded, source: source.replace(from, () => to) };
    },
  });
  return () => isBroken;
}

async function tryPrograms(law: string): Promise<string | undefined> {
  const [{ default: fc }, { LAWS }, { anyProgram, runProgram }] = await Promise.all([
    import("fast-check"),
    import("./laws.ts"),
    import("./program.ts"),
  ]);
  const [, judge] = Object.entries(LAWS).find(([name]) => name.startsWith(law))!;
  for (const [at, program] of fc.sample(anyProgram, { seed: 1, numRuns: PROGRAMS }).entries()) {
    const [found] = await judge(await runProgram(program));
    if (found !== undefined) return `by program ${at + 1}: ${found.replaceAll(/\s+/g, " ").slice(0, 120)}`;
  }
  return undefined;
}

async function tryCosts(): Promise<string | undefined> {
  const { costsAt } = await import("./costs.ts");
  const [short, long] = [await costsAt(60, 0.5), await costsAt(300, 0.5)];
  const dearer = Object.keys(short).find((name) => JSON.stringify(short[name]) !== JSON.stringify(long[name]));
  return dearer && `${dearer} at 60 entries: ${JSON.stringify(short[dearer])}; at 300: ${JSON.stringify(long[dearer])}`;
}
