import type { Settings } from "../conversation/settings.ts";
import type { ContentBlock, Role } from "../messages/content-block.ts";

/** What is sent: the settings in force, and the messages of the path. Wire names, nothing added. */
export interface RequestBody extends Settings {
  readonly messages: readonly RequestMessage[];
}

export interface RequestMessage {
  readonly role: Role;
  readonly content: readonly ContentBlock[];
}
