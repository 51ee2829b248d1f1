/** What a change costs before it is made. Everything zero means that the next request still extends the last one. */
export interface Bill {
  /** Thinking blocks that are not sent any more: those of what leaves the send path, and those behind the change that the API would reject or drop. */
  readonly thinkingBlocks: number;
  /**
   * Input tokens that the last request read from the cache or wrote to it, and that the next cannot read back. From `usage`; 0 where
   * none was reported. How many of them were tools and `system`, which may stay, the API does not say.
   */
  readonly cachedTokens: number;
  /** Tool results that are not sent any more, alone (as a placeholder) or with their calls: counted as pairs. */
  readonly toolPairs: number;
}

export const NO_BILL: Bill = Object.freeze({ thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 });

export function isFree(bill: Bill): boolean {
  return bill.thinkingBlocks === 0 && bill.cachedTokens === 0 && bill.toolPairs === 0;
}
