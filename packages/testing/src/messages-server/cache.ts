import { createHash } from "node:crypto";
import { canonical } from "./canonical.ts";
import type { Prompt, Segment, Ttl } from "./prompt.ts";
import type { MessagesBody } from "./wire.ts";

/** How many positions are looked at from a mark, the mark's own first. */
const LOOK_BACK = 20;
/** Above this many entries the expired ones are thrown out. */
const ENTRIES_BEFORE_SWEEP = 10_000;
const TTL_MS: Record<Ttl, number> = { "5m": 5 * 60_000, "1h": 60 * 60_000 };

/** The input side of a reply's usage. */
export interface CacheBill {
  readonly read: number;
  readonly written5m: number;
  readonly written1h: number;
}

export interface CacheKey {
  /** Caches of different models have nothing in common. */
  readonly model: string;
  readonly body: MessagesBody;
  readonly prompt: Prompt;
  /** The shortest prefix that this model caches, in tokens. */
  readonly minimumTokens: number;
}

interface CacheEntry {
  readonly ttl: Ttl;
  expiresAt: number;
}

/**
 * The prompt cache as the API documents it. Entries stand at marks and nowhere else. From each mark up to 20 positions are
 * searched backwards for an entry; the longest found is read, and everything from there to the last mark is written. A read
 * renews an entry for its own lifetime. Prefixes shorter than the model's minimum are neither read nor written, without an error.
 */
export class PromptCache {
  readonly #entries = new Map<string, CacheEntry>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** What a request reads and writes; the cache is as after it. */
  use(key: CacheKey): CacheBill {
    if (this.#entries.size > ENTRIES_BEFORE_SWEEP) for (const hash of this.#entries.keys()) this.#live(hash);
    const chain = hashChain(key);
    const marks = key.prompt.segments.flatMap((segment, at) =>
      segment.mark && chain[at]!.tokens >= key.minimumTokens ? [{ at, ttl: segment.mark }] : [],
    );
    const hit = Math.max(-1, ...marks.map(({ at }) => this.#lookBack(chain, at)));
    const read = hit === -1 ? 0 : chain[hit]!.tokens;
    if (hit !== -1) this.#touch(chain[hit]!.hash, "5m");
    let written = read;
    const bill = { "5m": 0, "1h": 0 };
    for (const { at, ttl } of marks) {
      this.#touch(chain[at]!.hash, ttl);
      bill[ttl] += Math.max(0, chain[at]!.tokens - written);
      written = Math.max(written, chain[at]!.tokens);
    }
    return { read, written5m: bill["5m"], written1h: bill["1h"] };
  }

  /** The nearest live entry at or before a mark, or -1. */
  #lookBack(chain: readonly Link[], mark: number): number {
    for (let at = mark; at >= 0 && at > mark - LOOK_BACK; at -= 1) if (this.#live(chain[at]!.hash)) return at;
    return -1;
  }

  #live(hash: string): CacheEntry | undefined {
    const entry = this.#entries.get(hash);
    if (entry === undefined || entry.expiresAt > this.#clock()) return entry;
    this.#entries.delete(hash);
    return undefined;
  }

  #touch(hash: string, ttl: Ttl): void {
    const entry = this.#live(hash) ?? { ttl, expiresAt: 0 };
    entry.expiresAt = this.#clock() + TTL_MS[entry.ttl];
    this.#entries.set(hash, entry);
  }
}

interface Link {
  readonly hash: string;
  /** Tokens of the prompt up to and including this position. */
  readonly tokens: number;
}

/**
 * One link for each block. The model opens the chain; `tool_choice` and how much the model may think stand before the first
 * message, so a change of theirs leaves only tools and system cached.
 */
function hashChain({ model, body, prompt }: CacheKey): readonly Link[] {
  let hash = model;
  let tokens = 0;
  let section: Segment["section"] = "tools";
  return prompt.segments.map((segment) => {
    if (segment.section === "messages" && section !== "messages")
      hash = digest(hash, canonical([body.tool_choice ?? null, thinkingKey(body.thinking)]));
    section = segment.section;
    hash = digest(hash, `${segment.section} ${segment.role} ${segment.canonical}`);
    tokens += segment.tokens;
    return { hash, tokens };
  });
}

function thinkingKey(thinking: unknown): unknown {
  const { type = null, budget_tokens = null } = (thinking ?? {}) as Record<string, unknown>;
  return [type, budget_tokens];
}

function digest(before: string, next: string): string {
  return createHash("sha256").update(`${before}\n${next}`).digest("base64");
}
