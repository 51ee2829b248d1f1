import fc from "fast-check";
import type { World } from "../world.ts";

/** One kind of step of a program. Numbers in a step choose among what there is when it comes, so that every program can run. */
export interface Operation<S extends object = object> {
  /** How often it comes, beside the others. */
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<S>;
  /** May throw errors of ours, where what it asks for is impossible as things stand. `at` is the place of the step in its program. */
  readonly run: (world: World, step: S, at: number) => Promise<unknown>;
}

/** An operation among others: it runs the steps that it made itself. */
export function operation<S extends object>({ run, ...made }: Operation<S>): Operation {
  return { ...made, run: (world, step, at) => run(world, step as S, at) };
}

export const anyPick: fc.Arbitrary<number> = fc.nat({ max: 99 });

/** One of some, or `undefined` where there is none. */
export function pickFrom<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(1, items.length)];
}
