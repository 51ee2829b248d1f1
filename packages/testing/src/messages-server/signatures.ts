import { createHash, createHmac, type Hash } from "node:crypto";
import { canonical } from "./canonical.ts";
import type { Segment } from "./prompt.ts";
import { textField, type Block } from "./wire.ts";

/** Where a thinking block was made: hashes of what stood before it. */
export interface Origin {
  readonly model: string;
  readonly system: string;
  readonly tools: string;
  /** Every earlier block of the messages, thinking left out. */
  readonly earlier: string;
  /** Every earlier thinking block. */
  readonly thinking: string;
  /** The thinking blocks before it in its own turn. */
  readonly turn: string;
}

export interface ReadSignature {
  readonly origin: Origin;
  /** Whether the block is as it was when it was signed. */
  readonly intact: boolean;
}

const ORIGIN_FIELDS = ["model", "system", "tools", "earlier", "thinking", "turn"] as const;
const PREFIX = "practice";
/** How many blocks with other signatures are remembered, the latest. */
const PLAYED_MAX = 10_000;

/** Signs thinking blocks and reads signatures back. Equal secrets read each other's, so a restart keeps them valid. */
export class Signer {
  readonly #secret: string;
  /** Blocks that were played with a signature of somebody else's, by that signature: accepted later as they were sent. */
  readonly #played = new Map<string, { readonly text: string; readonly origin: Origin }>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  sign(block: Block, origin: Origin): Block {
    const given = signatureOf(block);
    if (given !== undefined) {
      this.#played.set(given, { text: textOf(block), origin });
      if (this.#played.size > PLAYED_MAX) this.#played.delete(this.#played.keys().next().value!);
      return block;
    }
    const fields = [PREFIX, ...ORIGIN_FIELDS.map((field) => origin[field])];
    const signature = Buffer.from([...fields, this.#mac(fields, block)].join(" ")).toString("base64");
    return block.type === "redacted_thinking" ? { ...block, data: signature } : { ...block, thinking: block.thinking ?? "", signature };
  }

  /** A block of compaction on demand, as the API gives it: nobody else can have made it. */
  signCompaction(block: Block): Block {
    return { ...block, signature: this.#mac(["compaction"], { type: "compaction", thinking: block.content }) };
  }

  /** Whether a compaction block was signed here, and is as it was. */
  hasSigned(block: Block): boolean {
    return block.signature === this.signCompaction(block).signature;
  }

  /** `undefined` when the signature was never made here. */
  read(block: Block): ReadSignature | undefined {
    const signature = signatureOf(block) ?? "";
    const played = this.#played.get(signature);
    if (played !== undefined) return { origin: played.origin, intact: played.text === textOf(block) };
    const fields = Buffer.from(signature, "base64").toString().split(" ");
    const mac = fields.pop();
    const [prefix, model, system, tools, earlier, thinking, turn] = fields;
    if (prefix !== PREFIX || !model || !system || !tools || !earlier || !thinking || !turn) return undefined;
    return { origin: { model, system, tools, earlier, thinking, turn }, intact: mac === this.#mac(fields, block) };
  }

  #mac(fields: readonly string[], block: Block): string {
    return createHmac("sha256", this.#secret)
      .update(JSON.stringify([fields, block.type, textOf(block)]))
      .digest("base64url");
  }
}

/** What stands before a block, hashed as it grows. */
export class Prefix {
  readonly #hashes = { system: sha256(), tools: sha256(), earlier: sha256(), thinking: sha256(), turn: sha256() };

  constructor(segments: readonly Segment[] = []) {
    for (const segment of segments) this.add(segment);
  }

  add({ section, role, block, canonical: text }: Segment): void {
    // The API takes no empty text block back, so one that was sent is missing for good reason.
    if (section === "messages" && block.type === "text" && block.text === "") return;
    const part = section !== "messages" ? section : isThinking(block) ? "thinking" : "earlier";
    this.#hashes[part].update(`${role} ${text}\n`);
    if (role !== "assistant") this.#hashes.turn = sha256();
    else if (isThinking(block)) this.#hashes.turn.update(`${text}\n`);
  }

  /** A block of a reply, as it will stand in the next request. */
  addReply(block: Block): void {
    this.add({ section: "messages", role: "assistant", path: "", block, canonical: canonical(block) });
  }

  /** The origin of what comes next. */
  origin(model: string): Origin {
    const { system, tools, earlier, thinking, turn } = this.#hashes;
    return {
      model,
      system: digest(system),
      tools: digest(tools),
      earlier: digest(earlier),
      thinking: digest(thinking),
      turn: digest(turn),
    };
  }
}

export function isThinking(block: Block): boolean {
  return block.type === "thinking" || block.type === "redacted_thinking";
}

function signatureOf(block: Block): string | undefined {
  const value = block.type === "redacted_thinking" ? block.data : block.signature;
  return typeof value === "string" && value !== "" ? value : undefined;
}

function textOf(block: Block): string {
  return block.type === "redacted_thinking" ? "" : textField(block, "thinking");
}

function sha256(): Hash {
  return createHash("sha256");
}

function digest(hash: Hash): string {
  return hash.copy().digest("base64url").slice(0, 12);
}
