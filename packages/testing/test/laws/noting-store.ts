import { type Append, type AppendResult, MemoryStore } from "@antiphon/core";

/** A store that notes in which order entries came, and which calls were announced. */
export class NotingStore extends MemoryStore {
  readonly #order = new Map<string, number>();
  readonly #started = new Set<string>();

  override async append(append: Append): Promise<AppendResult> {
    const result = await super.append(append);
    for (const entry of append.entries ?? []) {
      if (!this.#order.has(entry.id)) this.#order.set(entry.id, this.#order.size + 1);
      if (entry.kind === "tool-start") this.#started.add(entry.toolUseId);
    }
    return result;
  }

  /** How many entries have been stored. */
  get stored(): number {
    return this.#order.size;
  }

  /** Whether an entry was there when only so many were. Those of the conversation's beginning always were. */
  wasThere(entryId: string, stored: number): boolean {
    return (this.#order.get(entryId) ?? 0) <= stored;
  }

  hasStarted(toolUseId: string): boolean {
    return this.#started.has(toolUseId);
  }
}
