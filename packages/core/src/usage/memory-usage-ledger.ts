import { frozenCopy } from "../conversation/frozen-copy.ts";
import { sumUsage, type UsageSum } from "./sum-usage.ts";
import type { UsageLedger, UsageQuery } from "./usage-ledger.ts";
import type { UsageRow } from "./usage-row.ts";

/** A ledger in memory, for tests and for programs that keep nothing. */
export class MemoryUsageLedger implements UsageLedger {
  /** By conversation, then by row. */
  readonly #rows = new Map<string, Map<string, UsageRow>>();

  async record(rows: readonly UsageRow[]): Promise<void> {
    for (const row of rows.map(frozenCopy)) {
      const conversation = this.#rows.get(row.conversationId) ?? new Map<string, UsageRow>();
      this.#rows.set(row.conversationId, conversation);
      if (!conversation.has(row.id)) conversation.set(row.id, row);
    }
  }

  async *read(query: UsageQuery): AsyncGenerator<UsageRow, void, undefined> {
    yield* this.#matching(query);
  }

  async sum(query: UsageQuery): Promise<UsageSum> {
    return sumUsage(this.#matching(query));
  }

  #matching({ conversationId, branchId, turnId }: UsageQuery): readonly UsageRow[] {
    return [...(this.#rows.get(conversationId)?.values() ?? [])]
      .filter((row) => (branchId === undefined || row.branchId === branchId) && (turnId === undefined || row.turnId === turnId))
      .toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }
}
