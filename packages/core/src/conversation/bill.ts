/** What a change costs before it is made. Everything zero means that the next request still extends the last one. */
export interface Bill {
  /** Thinking blocks that the API would reject or silently drop behind the change. They are not sent any more. */
  readonly thinkingBlocks: number;
  /** Input tokens that the last request had cached or just wrote and that the next cannot read back. From `usage`; 0 where none was reported. */
  readonly cachedTokens: number;
  /** Tool calls and results that leave the send path, counted as pairs. */
  readonly toolPairs: number;
}

export const NO_BILL: Bill = Object.freeze({ thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 });

export function isFree(bill: Bill): boolean {
  return bill.thinkingBlocks === 0 && bill.cachedTokens === 0 && bill.toolPairs === 0;
}
