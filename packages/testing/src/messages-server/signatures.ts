import { createHash, createHmac } from "node:crypto";
import { canonical } from "./canonical.ts";
import type { Segment } from "./prompt.ts";
import type { Block } from "./wire.ts";

/** Where a thinking block was made: hashes of what stood before it. */
export interface Origin {
  readonly model: string;
  readonly system: string;
  readonly tools: string;
  /** Every earlier block of the messages, thinking left out. */
  readonly earlier: string;
  /** Every earlier thinking block. */
  readonly thinking: string;
}

export interface ReadSignature {
  readonly origin: Origin;
  /** Whether the block is as it was when it was signed. */
  readonly intact: boolean;
}

const ORIGIN_FIELDS = ["model", "system", "tools", "earlier", "thinking"] as const;
const PREFIX = "practice";

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
      return block;
    }
    const fields = [PREFIX, ...ORIGIN_FIELDS.map((field) => origin[field])];
    const signature = Buffer.from([...fields, this.#mac(fields, block)].join(" ")).toString("base64");
    return block.type === "redacted_thinking" ? { ...block, data: signature } : { ...block, thinking: block.thinking ?? "", signature };
  }

  /** `undefined` when the signature was never made here. */
  read(block: Block): ReadSignature | undefined {
    const signature = signatureOf(block) ?? "";
    const played = this.#played.get(signature);
    if (played !== undefined) return { origin: played.origin, intact: played.text === textOf(block) };
    const fields = Buffer.from(signature, "base64").toString().split(" ");
    const mac = fields.pop();
    const [prefix, model, system, tools, earlier, thinking] = fields;
    if (prefix !== PREFIX || !model || !system || !tools || !earlier || !thinking) return undefined;
    return { origin: { model, system, tools, earlier, thinking }, intact: mac === this.#mac(fields, block) };
  }

  #mac(fields: readonly string[], block: Block): string {
    return createHmac("sha256", this.#secret)
      .update(JSON.stringify([fields, block.type, textOf(block)]))
      .digest("base64url");
  }
}

/** The origin of what comes next after some segments of a prompt. */
export function originOf(model: string, before: readonly Segment[]): Origin {
  const messages = before.filter((segment) => segment.section === "messages" && !isEmptyText(segment.block));
  return {
    model,
    system: hash(before.filter((segment) => segment.section === "system")),
    tools: hash(before.filter((segment) => segment.section === "tools")),
    earlier: hash(messages.filter((segment) => !isThinking(segment.block))),
    thinking: hash(messages.filter((segment) => isThinking(segment.block))),
  };
}

export function isThinking(block: Block): boolean {
  return block.type === "thinking" || block.type === "redacted_thinking";
}

/** A block of a reply, as it will stand in the next request. */
export function replySegment(block: Block): Segment {
  return { section: "messages", role: "assistant", path: "", block, canonical: canonical(block), tokens: 0 };
}

function signatureOf(block: Block): string | undefined {
  const value = block.type === "redacted_thinking" ? block.data : block.signature;
  return typeof value === "string" && value !== "" ? value : undefined;
}

function textOf(block: Block): string {
  return block.type === "redacted_thinking" ? "" : String(block.thinking ?? "");
}

/** The API takes no empty text block back, so one that was sent is missing for good reason. */
function isEmptyText(block: Block): boolean {
  return block.type === "text" && block.text === "";
}

function hash(segments: readonly Segment[]): string {
  const all = createHash("sha256");
  for (const segment of segments) all.update(`${segment.role} ${segment.canonical}\n`);
  return all.digest("base64url").slice(0, 12);
}
