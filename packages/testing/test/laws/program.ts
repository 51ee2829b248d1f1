import { isAntiphonError } from "@antiphon/core";
import fc from "fast-check";
import { look, project } from "./observe.ts";
import { decide } from "./operations/approvals.ts";
import { fork, redo, undo } from "./operations/branching.ts";
import type { Operation } from "./operations/operation.ts";
import { hold, kill, letAllGo, letGo, otherProcess, pass, reopen } from "./operations/processes.ts";
import { clear, countTokens, restore, summarise, window } from "./operations/room.ts";
import { MODELS, update } from "./operations/settings.ts";
import { edit, regenerate, resume, send } from "./operations/turns.ts";
import { append, record } from "./operations/writing.ts";
import { probe } from "./probe.ts";
import type { Trace } from "./trace.ts";
import { type Elsewhere, World } from "./world.ts";

const OPERATIONS = {
  send,
  resume,
  edit,
  regenerate,
  append,
  record,
  fork,
  undo,
  redo,
  update,
  decide,
  window,
  clear,
  summarise,
  restore,
  "count-tokens": countTokens,
  reopen,
  "other-process": otherProcess,
  pass,
  hold,
  "let-go": letGo,
  kill,
} satisfies Record<string, Operation>;

/** One step: what is done, and how. */
export type Step = { readonly do: keyof typeof OPERATIONS } & Readonly<Record<string, unknown>>;

export interface Program {
  readonly model: string;
  readonly steps: readonly Step[];
}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  ...Object.entries(OPERATIONS).map(([name, { weight, arbitrary }]) => ({
    weight,
    arbitrary: arbitrary.map((how) => ({ do: name, ...how }) as Step),
  })),
);

export const anyProgram: fc.Arbitrary<Program> = fc.record({
  model: fc.constantFrom(...MODELS),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 9 }),
});

/** Runs a program on a store of its own, and tells what happened. */
export async function runProgram(program: Program, elsewhere?: Elsewhere): Promise<Trace> {
  const world = await World.start(program.model, elsewhere);
  for (const [at, step] of program.steps.entries()) {
    await attempt(world, step, at);
    await look(world);
    await project(world, step.do);
    await probe(world);
  }
  await letAllGo(world);
  await look(world);
  await probe(world, { everywhere: true });
  await look(world, { last: true });
  return world.trace;
}

async function attempt(world: World, step: Step, at: number): Promise<void> {
  try {
    await OPERATIONS[step.do].run(world, step, at);
  } catch (error) {
    // What a program asks for may be impossible where it stands; that is told by an error of ours, and changes nothing.
    if (!isAntiphonError(error)) throw error;
    if (OVERTAKEN.has(error.code)) world.trace.told.push({ code: error.code, keptOnBranchId: error.details?.["keptOnBranchId"] as string });
    else if (!IMPOSSIBLE.has(error.code)) world.trace.thrown.push(`${step.do}: ${error.message}`);
  }
}

const IMPOSSIBLE: ReadonlySet<string> = new Set([
  "not_found",
  "invalid_input",
  "bill_not_accepted",
  "unsupported_by_model",
  "turn_open",
  "summary_failed",
]);
const OVERTAKEN: ReadonlySet<string> = new Set(["tip_moved", "busy", "lease_lost"]);
