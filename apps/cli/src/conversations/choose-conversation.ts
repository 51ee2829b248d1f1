import type { ConversationStore, ConversationSummary } from "@antiphon/core";
import { COMMAND } from "../command-name.ts";
import { Failure, usageFailure } from "../failure.ts";
import { shortId } from "./short-id.ts";

export const NO_CONVERSATIONS = `There are no conversations yet. Start one: ${COMMAND} "What does enumerate do?"`;

/** Named in an error at most. */
const NAMED_MAX = 10;

/** The conversation last used. Errors: a failure where there is none. */
export async function lastUsed(store: ConversationStore): Promise<ConversationSummary> {
  const { conversations } = await store.list({ limit: 1 });
  if (conversations[0] !== undefined) return conversations[0];
  throw new Failure(NO_CONVERSATIONS, { code: "not_found" });
}

/** The one conversation whose id starts so. Errors: a failure where none does, or several do; it names them. */
export async function byIdPrefix(store: ConversationStore, given: string): Promise<ConversationSummary> {
  const idPrefix = given.trim().toLowerCase();
  if (idPrefix === "") throw usageFailure(`The id is empty. Give the first characters of one that this shows: ${COMMAND} ls`);
  const { conversations, cursor } = await store.list({ idPrefix, limit: NAMED_MAX });
  if (conversations.length === 1) return conversations[0]!;
  const whole = conversations.find(({ id }) => id === idPrefix);
  if (whole !== undefined) return whole;
  const quoted = JSON.stringify(given);
  if (conversations.length === 0)
    throw new Failure(`No conversation's id starts with ${quoted}. See which there are: ${COMMAND} ls`, { code: "not_found" });
  const ids = await Promise.all(conversations.map(({ id }) => shortId(store, id)));
  const more = cursor === undefined ? "" : " and more";
  throw new Failure(`${quoted} fits several conversations: ${ids.join(", ")}${more}. Give more of the id.`, { code: "ambiguous" });
}
