import type { Context } from "../context.ts";
import { usageFailure } from "../failure.ts";
import type { TurnFlags } from "../turn-flags.ts";

/** Talks, on a terminal. Resolves to the exit code. */
export async function chat({ world }: Context, _flags: TurnFlags): Promise<number> {
  if (!world.stdin.isTTY || !world.stdout.isTTY) throw usageFailure('The chat needs a terminal. Ask once instead: antiphon "What does enumerate do?"');
  throw usageFailure('Give a prompt: antiphon "What does enumerate do?"');
}
