import type { Origin, ReplyFacts } from "../conversation/entry.ts";
import type { ContentBlock, Role } from "../messages/content-block.ts";

/** A message on its way from a path to a request: what will be sent of an entry, and which entry that was. */
export interface SentMessage {
  /** `undefined` on what a step put in by itself. */
  readonly entryId?: string;
  readonly role: Role;
  readonly content: readonly ContentBlock[];
  readonly origin: Origin;
  readonly reply?: ReplyFacts;
}
