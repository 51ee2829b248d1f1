import type { Interruption } from "./interruption.ts";
import type { Output } from "./render/output.ts";
import type { World } from "./world.ts";

/** What every command works with. */
export interface Context {
  readonly world: World;
  readonly output: Output;
  readonly interruption: Interruption;
}
