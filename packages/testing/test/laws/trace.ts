import type { BoundaryEntry, Branch, Entry, Outcome } from "@antiphon/core";
import type { Block } from "@antiphon/testing/messages-server";
import type { AnswerSpec } from "./answers.ts";

/** Everything that a program did, for the laws to judge. */
export interface Trace {
  readonly conversationId: string;
  readonly hashKey: string;
  readonly turns: TurnTrace[];
  /** Every entry as it was first seen, by id. */
  readonly firstSeen: Map<string, Entry>;
  /** Entries that were not as they were first seen, or gone. */
  readonly changed: string[];
  /** The inputs whose `accepted` resolved, with what was said. */
  readonly accepted: Map<string, string>;
  /** Appended and recorded entries, each with its content as JSON. */
  readonly written: Map<string, string>;
  /** The calls whose tool ran, each as often as it did. */
  readonly runs: ToolRun[];
  /** What was thrown that should not have been. */
  readonly thrown: string[];
  /** What callers were told of writers that were there before them. */
  readonly told: Told[];
  /** What the handle would have sent behind a step, and what its path alone gives. */
  readonly projections: { readonly step: string; readonly byHandle: string; readonly byPath: string }[];
  /** Every boundary, with the path that it was added to. */
  readonly boundaries: { readonly entry: BoundaryEntry; readonly before: readonly Entry[] }[];
  /** What a reader had seen of a reply 250 ms before its process was killed, and the path that another process found. */
  readonly killed: { readonly seen: string; readonly path: readonly Entry[] }[];
  /** The branches at the end, each with its path as it is stored. */
  readonly paths: { readonly branch: Branch; readonly entries: readonly Entry[] }[];
}

/** A write that came second: its code, and where its entry is kept, if it said. */
export interface Told {
  readonly code: string;
  readonly keptOnBranchId: string | undefined;
}

export interface TurnTrace {
  readonly step: string;
  /** A message of a person: whatever came before, it can be sent. */
  readonly says: boolean;
  readonly streaming: boolean;
  /** Whether the program aborted it, let its store die, or held it up: then it may end in more ways. */
  readonly disturbed: boolean;
  readonly aborted: boolean;
  crashed: boolean;
  /** The path that it began on. */
  readonly began: readonly Entry[];
  /** What the API is to answer its requests with; then "Done.". */
  readonly answers: AnswerSpec[];
  readonly exchanges: Exchange[];
  /** Set when it has ended. */
  outcome?: Outcome;
  branchId?: string;
  stored: readonly Entry[];
}

/** One request and what the client got for it. */
export interface Exchange {
  readonly body: SentBody;
  /** How many entries were stored when it was made. */
  readonly madeAt: number;
  /** The path that the request was made of; known when its turn has ended. */
  path: readonly Entry[];
  status: number;
  /** As the API named it in its answer. */
  requestId?: string;
  /** The answer as the API meant it; absent where it refused the request by itself. */
  spec?: AnswerSpec;
  /** The stream as far as it was delivered, as events; absent over HTTP. */
  delivered?: Delivered;
}

export interface Delivered {
  readonly events: readonly Block[];
  /** How the body ended: as it should, broken off, or in something that is no event. */
  readonly ending: "end" | "cut" | "garbled";
}

export interface SentBody {
  readonly model: string;
  readonly system?: unknown;
  readonly tools?: unknown;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: readonly Block[] }[];
}

export interface ToolRun {
  readonly id: string;
  readonly name: string;
  readonly turn: TurnTrace;
  /** Whether the start was stored before the tool ran. */
  readonly announced: boolean;
  finished: boolean;
}

export function emptyTrace(conversationId: string, hashKey: string): Trace {
  return {
    conversationId,
    hashKey,
    turns: [],
    firstSeen: new Map(),
    changed: [],
    accepted: new Map(),
    written: new Map(),
    runs: [],
    thrown: [],
    told: [],
    projections: [],
    boundaries: [],
    killed: [],
    paths: [],
  };
}

/** Every request that went out, in order, with its turn. */
export function requestsOf({ turns }: Trace): readonly (Exchange & { readonly turn: TurnTrace })[] {
  return turns.flatMap((turn) => turn.exchanges.map((exchange) => ({ ...exchange, turn })));
}
