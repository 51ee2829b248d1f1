import { type Bill, isFree } from "../conversation/bill.ts";
import { AntiphonError } from "../errors.ts";

/** The caller's word on what a change costs. Without it only what costs nothing is done. */
export interface AcceptOptions {
  /** The caller's word that the change may cost what its bill says; or a function that is shown the bill and says. */
  readonly accept?: boolean | ((bill: Bill) => boolean);
}

/** Refuses a change that costs something its caller has not agreed to. Errors: `bill_not_accepted`, with `details.bill`. */
export function requireAccepted(bill: Bill, { accept }: AcceptOptions): void {
  if (isFree(bill) || accept === true || (typeof accept === "function" && accept(bill))) return;
  throw new AntiphonError("bill_not_accepted", `The change would cost ${words(bill)}. Pass { accept: true } to make it.`, {
    details: { bill },
  });
}

function words({ thinkingBlocks, cachedTokens, toolPairs }: Bill): string {
  const counts = [`${thinkingBlocks} thinking blocks`, `${cachedTokens} cached tokens`, `${toolPairs} tool results`];
  return counts.filter((count) => !count.startsWith("0 ")).join(" and ");
}
