import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Settings } from "../conversation/settings.ts";
import type { ContentBlock } from "../messages/content-block.ts";

/**
 * The hash chain over what a request's prefix is made of: `(system, tools)`, then each (role, block) in order, cache marks
 * left out. Two requests with the same chain value at a point say the same up to there, however their messages are merged.
 * Keyed per conversation, so that equal texts in two conversations cannot be told from their hashes.
 */
export class PrefixChain {
  readonly #key: Uint8Array;
  #value: Uint8Array;

  private constructor(key: Uint8Array, value: Uint8Array) {
    this.#key = key;
    this.#value = value;
  }

  /** The chain in front of the first message. `hashKey` is the conversation's, in hex. */
  static over(hashKey: string, { system, tools }: Pick<Settings, "system" | "tools">): PrefixChain {
    const key = hexToBytes(hashKey);
    return new PrefixChain(key, hmac(sha256, key, utf8ToBytes(JSON.stringify(unmarked([system ?? null, tools ?? null])))));
  }

  add(role: string, content: readonly ContentBlock[]): void {
    for (const block of content) {
      this.#value = hmac(sha256, this.#key, new Uint8Array([...this.#value, ...utf8ToBytes(role), 0, ...this.#digest(block)]));
    }
  }

  /** Another chain that stands where this one stands now. */
  copy(): PrefixChain {
    return new PrefixChain(this.#key, this.#value);
  }

  get value(): string {
    return bytesToHex(this.#value.slice(0, 16));
  }

  /** A block of a stored entry never changes, so it is hashed once for as long as it is in memory. */
  #digest(block: ContentBlock): Uint8Array {
    let digest = DIGESTS.get(block);
    if (digest === undefined) {
      digest = sha256(utf8ToBytes(JSON.stringify(unmarked(block))));
      DIGESTS.set(block, digest);
    }
    return digest;
  }
}

const DIGESTS = new WeakMap<ContentBlock, Uint8Array>();

/** A block, a tool or a list of them without cache marks. A field of that name in what a tool is called with is no mark. */
function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== "object" || value === null) return value;
  const { cache_control: _mark, ...rest } = value as Record<string, unknown>;
  for (const field of ["content", "source"]) if (field in rest) rest[field] = unmarked(rest[field]);
  return rest;
}
