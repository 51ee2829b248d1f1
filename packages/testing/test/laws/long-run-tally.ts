import { requestsOf, type Trace } from "./trace.ts";

/** What a number of programs did. */
export interface Tally {
  readonly programs: number;
  readonly steps: number;
  readonly turns: number;
  readonly requests: number;
  readonly projections: number;
  readonly boundaries: number;
  readonly toolRuns: number;
  readonly crashes: number;
  readonly aborts: number;
  readonly faults: number;
  readonly secondWriters: number;
  readonly cpuSeconds: number;
  /** Each with its law, its seed and its program. */
  readonly violations: readonly string[];
}

export function emptyTally(): Tally {
  const none = { programs: 0, steps: 0, turns: 0, requests: 0, projections: 0, boundaries: 0, toolRuns: 0, crashes: 0, aborts: 0 };
  return { ...none, faults: 0, secondWriters: 0, cpuSeconds: 0, violations: [] };
}

export function tallyOf(trace: Trace, steps: number): Tally {
  const requests = requestsOf(trace);
  return {
    programs: 1,
    steps,
    turns: trace.turns.length,
    requests: requests.length,
    projections: trace.projections.length,
    boundaries: trace.boundaries.length,
    toolRuns: trace.runs.length,
    crashes: trace.turns.filter(({ crashed }) => crashed).length,
    aborts: trace.turns.filter(({ aborted }) => aborted).length,
    faults: requests.filter(({ spec }) => spec?.is === "error" || spec?.fault !== undefined).length,
    secondWriters: trace.told.length,
    cpuSeconds: 0,
    violations: [],
  };
}

export function addTallies(one: Tally, other: Tally): Tally {
  const counts = Object.keys(one).filter((name): name is Exclude<keyof Tally, "violations"> => name !== "violations");
  const sums = Object.fromEntries(counts.map((name) => [name, one[name] + other[name]]));
  return { ...(sums as unknown as Tally), violations: [...one.violations, ...other.violations] };
}
