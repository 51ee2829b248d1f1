/** One place of the engine broken by hand, and the law whose test must see it. */
export interface Mutant {
  /** The beginning of the law's name. */
  readonly law: string;
  /** Under packages/core/src. */
  readonly file: string;
  readonly what: string;
  /** What stands there, and what stands there instead. */
  readonly from: string;
  readonly to: string;
}

/** For each law one break of the code that keeps it. docs/laws.md has what became of them. */
export const MUTANTS: readonly Mutant[] = [
  {
    law: "Law 1.",
    file: "request/sendable.ts",
    what: "`isCutShort` takes every reply for finished",
    from: "return !reply.whole || CUT_SHORT.has(reply.stopReason);",
    to: "return reply.whole && CUT_SHORT.has(reply.stopReason) && !reply.whole;",
  },
  {
    law: "Law 2.",
    file: "store/memory-store.ts",
    what: "`append` touches the first entry",
    from: "rows.entries.push(...placed);",
    to: "rows.entries.push(...placed); rows.entries[0] = { ...rows.entries[0]!, createdAt: tipSeq };",
  },
  {
    law: "Law 3.",
    file: "turn/prepare-request.ts",
    what: "`prepareRequest` sends what repair made up without storing it",
    from: "projection.repairs.length > 0 || projection.superseded.length > 0",
    to: "projection.superseded.length > 1e6",
  },
  {
    law: "Law 3 and its price",
    file: "rewriting/change-bill.ts",
    what: "`changeBill` bills a token more than was cached",
    from: "cachedTokens: Math.max(0, cached - readable)",
    to: "cachedTokens: cached + Math.sign(readable + 1)",
  },
  {
    law: "Law 3 in memory",
    file: "request/settled.ts",
    what: "`isStartOf` does not look for what reaches back",
    from: "reachOfRest(path, length) >= length",
    to: "reachOfRest(path, length) >= 0",
  },
  {
    law: "Law 4.",
    file: "request/sendable.ts",
    what: "`isEmptyText` takes white space for nothing",
    from: 'block.type === "text" && block.text === ""',
    to: 'block.type === "text" && String(block.text).trim() === ""',
  },
  {
    law: "Law 5.",
    file: "turn/recover-draft.ts",
    what: "`recoverDraft` takes no draft up",
    from: "draft === undefined || draft.afterSeq !== writer.tipSeq",
    to: "draft === undefined || draft.afterSeq !== -1",
  },
  {
    law: "Law 6.",
    file: "conversation/call-record.ts",
    what: "`callRecord` forgets what has started and what has its result",
    from: "return { started, answered,",
    to: "return { started: false, answered: answered && !started && false,",
  },
  {
    law: "Law 7.",
    file: "stop/plan.ts",
    what: "`planReply` takes a reason that it does not know for the end",
    from: 'return { next: "decide", outcome: { type: "unknown", stopReason: String(facts.stopReason) } };',
    to: 'return { next: "finish", outcome: { type: "completed", empty: false } };',
  },
  {
    law: "Law 8.",
    file: "store/branch-writer.ts",
    what: "`keepApart` keeps nothing",
    from: "await this.#store.append({ ...key, expectedTip: this.#tipSeq, at: createdAt, entries });",
    to: "",
  },
  {
    law: "Law 9.",
    file: "store/branch-writer.ts",
    what: "`fork` reads what it shares",
    from: "const path = this.#path.slice(0, seq);",
    to: "const path = (await collect(this.#store.read(this.#key))).slice(0, seq);",
  },
  {
    law: "Law 10.",
    file: "turn/repair-entries.ts",
    what: "`repairEntries` gives what it made up to a person",
    from: 'content: repairs, origin: "synthetic"',
    to: 'content: repairs, origin: "human"',
  },
];
