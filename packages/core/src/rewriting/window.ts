import type { Bill } from "../conversation/bill.ts";
import { AntiphonError } from "../errors.ts";
import type { AcceptOptions } from "./accept-bill.ts";
import { unbilled, withEntries } from "./change-bill.ts";
import type { TokenCounter } from "./count-tokens.ts";
import { NOTHING_DONE, rewrite, type Rewriting } from "./rewrite.ts";
import { type TurnStart, turnStarts } from "./turns.ts";
import { quoted } from "../quoted.ts";

/** So many turns, the last ones; or so many input tokens of the next request. Whole numbers from 1 up. */
export type WindowSize = { readonly turns: number } | { readonly tokens: number };

/** What a window keeps, and when it cuts. */
export interface WindowCut {
  /** Nothing is cut until more than this is sent. Left out: now. */
  readonly over?: WindowSize;
  /** What stays of it, the newest. The last turn always stays, whatever its size. */
  readonly keep: WindowSize;
}

/**
 * The turn from which on a window would send a path, or `undefined` where nothing is to be cut. Errors: `invalid_input` for what is no
 * size, or an `over` that lies below `keep`.
 */
export async function windowStart(rewriting: Rewriting, cut: WindowCut, counter: TokenCounter): Promise<TurnStart | undefined> {
  requireSize("keep", cut.keep);
  if (cut.over !== undefined) requireSize("over", cut.over);
  requireOrder(cut);
  const starts = turnStarts(rewriting.writer.path);
  // The first turn begins where everything begins: there is nothing in front of it to cut.
  if (starts.length < 2 || !(await exceeds(rewriting, cut.over ?? cut.keep, starts, counter))) return undefined;
  const from = "turns" in cut.keep ? starts.at(-cut.keep.turns) : await startWithin(rewriting, cut.keep.tokens, starts, counter);
  return from === starts[0] ? undefined : from;
}

/** Cuts off what stands in front of a turn. Errors: those of {@link rewrite}. */
export function cutWindow(rewriting: Rewriting, from: TurnStart | undefined, options: AcceptOptions): Promise<Bill> {
  if (from === undefined) return Promise.resolve(NOTHING_DONE);
  return rewrite(rewriting, { type: "window", fromEntryId: from.entryId }, options);
}

async function exceeds(rewriting: Rewriting, size: WindowSize, starts: readonly TurnStart[], counter: TokenCounter): Promise<boolean> {
  if ("turns" in size) return starts.length > size.turns;
  return counter.exceeds(rewriting.writer.path, size.tokens);
}

/** The earliest turn from which on the next request is small enough; the last one where none is. */
async function startWithin(
  { writer: { path } }: Rewriting,
  tokens: number,
  starts: readonly TurnStart[],
  counter: TokenCounter,
): Promise<TurnStart> {
  const from = (at: number) => withEntries(path, [unbilled({ type: "window", fromEntryId: starts[at]!.entryId })]);
  // Later starts send less, so that halving finds the earliest that fits: a few counts, however long the path.
  let low = 1;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await counter.exceeds(from(middle), tokens)) low = middle + 1;
    else high = middle;
  }
  return starts[low]!;
}

function requireSize(name: string, size: WindowSize): void {
  const entries = Object.entries(size ?? {});
  const [unit, value] = entries[0] ?? [];
  if (entries.length === 1 && (unit === "turns" || unit === "tokens") && Number.isInteger(value) && Number(value) >= 1) return;
  throw new AntiphonError(
    "invalid_input",
    `\`${name}\` of the window is ${quoted(size)}. Give it one of { turns } and { tokens }, a whole number from 1 up.`,
  );
}

function requireOrder({ over, keep }: WindowCut): void {
  const unit = over !== undefined && "turns" in over ? "turns" : "tokens";
  const [above, below] = [over, keep].map((size) => (size as Record<string, number> | undefined)?.[unit]);
  if (above === undefined || below === undefined || above >= below) return;
  throw new AntiphonError(
    "invalid_input",
    `\`over\` of the window is ${above} ${unit}, and \`keep\` is ${below}. Keep no more than it cuts at.`,
  );
}
