import { AntiphonError } from "../errors.ts";
import type { ContentParam } from "../messages/content-block.ts";
import { ownContent } from "../messages/own-content.ts";
import type { MessageBody } from "./entry.ts";

/** The message of a person, as it is at this instant; or what is wrong with it, for the turn to tell. */
export function personMessage(content: ContentParam, about: Pick<MessageBody, "author" | "externalId">): MessageBody | AntiphonError {
  try {
    return { kind: "message", role: "user", content: ownContent(content), origin: "human", ...about };
  } catch (error) {
    if (error instanceof AntiphonError) return error;
    throw error;
  }
}
