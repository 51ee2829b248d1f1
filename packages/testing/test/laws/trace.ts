import type { Branch, Entry, Outcome } from "@antiphon/core";

/** Everything that a program did, for the laws to judge. */
export interface Trace {
  readonly conversationId: string;
  readonly sent: Sent[];
  readonly turns: TurnTrace[];
  /** Entries as they were first seen, as JSON by branch and id. */
  readonly firstSeen: Map<string, string>;
  /** Entries that were not as they were first seen, or gone. */
  readonly changed: string[];
  /** The inputs whose `accepted` resolved, with what was said. */
  readonly accepted: Map<string, string>;
  /** The ids of appended and recorded entries. */
  readonly written: Map<string, string>;
  /** The calls whose tool ran, each as often as it did. */
  readonly runs: ToolRun[];
  /** What was thrown that should not have been. */
  readonly thrown: string[];
  /** The branches at the end, each with its path as it is stored. */
  readonly paths: { readonly branch: Branch; readonly entries: readonly Entry[] }[];
}

export interface Sent {
  readonly turn: number;
  readonly body: SentBody;
  /** The path that the request was made of. */
  readonly path: readonly Entry[];
}

export interface SentBody {
  readonly system?: unknown;
  readonly tools?: unknown;
  readonly messages: readonly { readonly role: string; readonly content: readonly Record<string, unknown>[] }[];
}

export interface TurnTrace {
  readonly step: string;
  /** A message of a person: whatever came before, it can be sent. */
  readonly says: boolean;
  readonly outcome: Outcome;
  readonly stored: readonly Entry[];
}

export interface ToolRun {
  readonly id: string;
  readonly branchId: string;
  /** The index of the turn that it ran in. */
  readonly turn: number;
  /** Whether the start was stored before the tool ran. */
  readonly announced: boolean;
  finished: boolean;
}

export function emptyTrace(conversationId: string): Trace {
  return {
    conversationId,
    sent: [],
    turns: [],
    firstSeen: new Map(),
    changed: [],
    accepted: new Map(),
    written: new Map(),
    runs: [],
    thrown: [],
    paths: [],
  };
}
