import type { ContentBlock, Role } from "../messages/content-block.ts";
import type { StoredFormat } from "../messages/output-format.ts";
import type { Bill } from "./bill.ts";
import type { PrefixDisagreement } from "./prefix-disagreement.ts";
import type { Settings } from "./settings.ts";

/** Who made a message. Only `model` was said by the model and only `human` was typed by a person. */
export type Origin = "human" | "model" | "tool" | "synthetic" | "imported";

/**
 * One immutable record of a conversation's tree. Entries are stored once and never changed, except by erasure,
 * which replaces what they say with a tombstone.
 */
export type Entry = EntryPlace & EntryBody;

/** An entry before it has its place: what a writer hands to a store. */
export type NewEntry = EntryIdentity & EntryBody;

/** What an entry says, without its place: a closed union over `kind`. */
export type EntryBody = MessageBody | SettingsBody | BoundaryBody | ToolStartBody | ApprovalBody;

/** The kinds of entries. */
export type EntryKind = EntryBody["kind"];

/** An entry of one kind, with its place. */
export type EntryOf<K extends EntryKind> = EntryPlace & Extract<EntryBody, { kind: K }>;

/** A stored message, and for a reply its facts. */
export type MessageEntry = EntryOf<"message">;

/** A stored change of what is sent, with its bill. */
export type BoundaryEntry = EntryOf<"boundary">;

export interface EntryIdentity {
  /** Time-ordered UUID (version 7) made by the writer: a repeated append is recognised by it. */
  readonly id: string;
  /** Milliseconds since 1970, by the writer's clock. */
  readonly createdAt: number;
}

export interface EntryPlace extends EntryIdentity {
  readonly branchId: string;
  /** Distance from the root along the path, starting at 1. A forked branch goes on counting where it forks. */
  readonly seq: number;
}

/** A message of the conversation. Merging with its neighbours happens on the way out, never here. */
export interface MessageBody {
  readonly kind: "message";
  readonly role: Role;
  readonly content: readonly ContentBlock[];
  readonly origin: Origin;
  /** The speaker, where a channel has several. Opaque to core. */
  readonly author?: string;
  /** The front end's own id of this message. Opaque to core. */
  readonly externalId?: string;
  /** On a message of a person: the form that it is to be answered in, which is `output_config.format` of the requests of its turn. */
  readonly format?: StoredFormat;
  /** On a `system` message by which `update` told the model a changed setting: which one. From here on it says what that setting says. */
  readonly setting?: "system";
  /** Present on a reply of the model: everything the API said about it beside its content. */
  readonly reply?: ReplyFacts;
}

/** What the API said about a reply beside its content. Wire names and wire values, kept raw where their shape is the API's own. */
export interface ReplyFacts {
  readonly model: string;
  /** `null` where the reply was cut off before the API gave one. Any string: the API may add reasons. */
  readonly stopReason: string | null;
  readonly stopSequence?: string | null;
  readonly stopDetails?: unknown;
  readonly usage?: Readonly<Record<string, unknown>>;
  /** `msg_...` */
  readonly responseId?: string;
  /** The `request-id` header: what support asks for. */
  readonly requestId?: string;
  /** False where the stream ended before `message_delta` gave a stop reason: what is here is a part. */
  readonly whole: boolean;
  /** True where this is a copy: the model said it in the conversation that was copied, where its usage counts and its calls ran. */
  readonly copied?: boolean;
  /** The prefix hash of the request that made this reply, keyed per conversation. */
  readonly prefixHash?: string;
  /** Whom that request was made for, as far as anybody said: the API binds thinking to both. */
  readonly madeFor?: { readonly account?: string; readonly endUser?: string };
  /** By block index the JSON text of tool inputs that were cut or are no JSON: such a call never runs. */
  readonly partialInputs?: Readonly<Record<number, string>>;
  /** By block index the stream's deltas of unknown types, raw. */
  readonly rawDeltas?: Readonly<Record<number, readonly unknown[]>>;
  /** What the API said of the request and the prefix ledger had otherwise; absent where they agree. */
  readonly disagreements?: readonly PrefixDisagreement[];
  /** Top-level fields of the response that have no place above (`container`, `context_management`, ...), as they came. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Settings from here on, where the change leaves the sent prefix as it is (`max_tokens`, `stop_sequences`, ...); also the root of every conversation. */
export interface SettingsBody {
  readonly kind: "settings";
  readonly settings: Settings;
}

/** Changes what is sent. Nothing leaves the send path without one. */
export interface BoundaryBody {
  readonly kind: "boundary";
  readonly boundary: Boundary;
  readonly bill: Bill;
}

/** The ways to change what is sent, a closed union. Ids name entries of the same path. */
export type Boundary =
  /** `system`, `tools` or `model` changed: the whole settings from here on. */
  | { readonly type: "settings"; readonly settings: Settings }
  /** These entries are not sent any more; `reason` says why, e.g. `refusal`. */
  | { readonly type: "left-out"; readonly entryIds: readonly string[]; readonly reason: string }
  /** `entryId` is sent as `content` from here on. */
  | { readonly type: "superseded"; readonly entryId: string; readonly content: readonly ContentBlock[] }
  /** Everything up to `throughEntryId`, instructions (role `system`) aside, is sent as `content` instead (a summary, or the API's compaction block). */
  | {
      readonly type: "compaction";
      readonly throughEntryId: string;
      readonly content: readonly ContentBlock[];
      /** What the API said about its summary beside it, where it wrote one: its usage is billed like any other. */
      readonly reply?: ReplyFacts;
    }
  /** The results of these tool calls are sent as a placeholder; of those up to `throughEntryId`, where it is given. */
  | { readonly type: "clear"; readonly toolUseIds: readonly string[]; readonly throughEntryId?: string }
  /** Messages before `fromEntryId` are not sent any more, instructions (role `system`) aside. */
  | { readonly type: "window"; readonly fromEntryId: string }
  /** `boundaryId`, an earlier boundary of the path, is not applied from here on. Restoring a `restored` applies again what it took back. */
  | { readonly type: "restored"; readonly boundaryId: string }
  /** These entries were erased: their content is a tombstone. */
  | { readonly type: "erase"; readonly entryIds: readonly string[] };

/** Stored before a tool runs: after a crash, what may have started is known from what cannot have. */
export interface ToolStartBody {
  readonly kind: "tool-start";
  readonly toolUseId: string;
  readonly name: string;
}

/** A word on a tool call: `ask` is a policy's, and waits for a person's `allow` or `deny`. The last one behind the reply that made the call holds. */
export interface ApprovalBody {
  readonly kind: "approval";
  readonly toolUseId: string;
  readonly verdict: "ask" | "allow" | "deny";
  /** The person's own words. The model is told those of a denial. */
  readonly reason?: string;
}
