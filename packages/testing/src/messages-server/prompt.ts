import { canonical } from "./canonical.ts";
import { REPLY_OPENING_TOKENS, sum, tokensOfBlock, TURN_TOKENS } from "./tokens.ts";
import { blocksOf, isRecord, type Block, type MessagesBody } from "./wire.ts";

export type Ttl = "5m" | "1h";

/** One block of a prompt in the order in which the API hashes it: tools, then system, then messages. */
export interface Segment {
  readonly section: "tools" | "system" | "messages";
  /** Who speaks; empty for tools and system. */
  readonly role: string;
  /** Where the block stands in the request, as error texts name it: `messages.2.content.0`. */
  readonly path: string;
  readonly block: Block;
  readonly canonical: string;
  /** The cache mark on it, given or automatic. */
  readonly mark?: Ttl;
}

/** A segment with what it costs, the change of speaker in front of it included. */
interface CountedSegment extends Segment {
  readonly tokens: number;
}

export interface Prompt {
  readonly segments: readonly CountedSegment[];
  /** All input tokens: what `count_tokens` says, and what the three input counts of a reply's usage add up to. */
  readonly tokens: number;
}

/** Reads a checked body. Messages of one role in a row are one turn, so how they were split leaves no trace. */
export function readPrompt(body: Pick<MessagesBody, "messages" | "system" | "tools" | "cache_control">): Prompt {
  const segments = [
    ...(body.tools ?? []).map((tool, at) => segment("tools", "", `tools.${at}`, tool)),
    ...blocksOf(body.system).map((block, at) => segment("system", "", `system.${at}`, block)),
    ...body.messages.flatMap((message, at) =>
      blocksOf(message.content).map((block, index) => segment("messages", message.role, `messages.${at}.content.${index}`, block)),
    ),
  ];
  return promptOf(withAutomaticMark(segments, body.cache_control));
}

export function promptOf(segments: readonly Segment[]): Prompt {
  const counted = segments.map((each, at) => {
    const opensTurn = each.section === "messages" && segments[at - 1]?.role !== each.role;
    return { ...each, tokens: tokensOfBlock(each.block) + (opensTurn ? TURN_TOKENS : 0) };
  });
  return { segments: counted, tokens: sum(counted.map((each) => each.tokens)) + REPLY_OPENING_TOKENS };
}

function segment(section: Segment["section"], role: string, path: string, block: Block): Segment {
  const mark = findMark(block);
  return { section, role, path, block, canonical: canonical(block), ...(mark && { mark }) };
}

/** The mark of a block, or of a block inside its content: a mark inside a tool result ends the prefix with that result. */
function findMark(block: Block): Ttl | undefined {
  return (
    readMark(block.cache_control) ??
    blocksOf(block.content)
      .map(findMark)
      .find((mark) => mark !== undefined)
  );
}

function readMark(value: unknown): Ttl | undefined {
  if (!isRecord(value)) return undefined;
  return value.ttl === "1h" ? "1h" : "5m";
}

/** Top-level `cache_control` marks the last block that can be cached. */
function withAutomaticMark(segments: readonly Segment[], automatic: unknown): readonly Segment[] {
  const mark = readMark(automatic);
  const last = segments.findLastIndex((each) => isCacheable(each.block));
  if (mark === undefined || last === -1) return segments;
  return segments.with(last, { ...segments[last]!, mark: segments[last]!.mark ?? mark });
}

function isCacheable(block: Block): boolean {
  if (block.type === "text") return block.text !== "";
  return block.type !== "thinking" && block.type !== "redacted_thinking";
}
