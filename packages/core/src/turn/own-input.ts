import type { MessageBody } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import type { ContentParam } from "../messages/content-block.ts";
import { ownContent } from "../messages/own-content.ts";
import { type OutputFormat, ownFormat } from "../messages/output-format.ts";
import { requireText } from "../own-options.ts";
import { quoted } from "../quoted.ts";

/** What may come with a message of a person. */
export interface InputOptions {
  /** The speaker, where a channel has several. */
  readonly author?: string;
  /** The front end's own id of this message. */
  readonly externalId?: string;
  /**
   * The beginning of the reply, on models that take one: the reply goes on from it, and reads as one with it. It is stored as a synthetic
   * message of the assistant. Not with thinking or a `format`, and not ending in white space.
   */
  readonly prefill?: string;
  /**
   * The form of the answer to this message, over the settings' `output_config.format`: what `zodOutputFormat` and its like of the
   * SDK give, or a plain `{ type: "json_schema", schema }`. The schema is stored with the message; its `parse` is not.
   */
  readonly format?: OutputFormat;
}

/** The message of a person and what comes with it, as they are at this instant; or what is wrong with them, for the turn to tell. */
export function ownInput(content: ContentParam, options: InputOptions = {}): readonly MessageBody[] | AntiphonError {
  const { author, externalId, prefill, format } = options;
  try {
    const said: MessageBody = {
      kind: "message",
      role: "user",
      content: ownContent(content),
      origin: "human",
      ...(author !== undefined && { author: requireText(author, "`author` is", "Give it a text, or leave it out.") }),
      ...(externalId !== undefined && { externalId: requireText(externalId, "`externalId` is", "Give it a text, or leave it out.") }),
      ...(format !== undefined && { format: ownFormat(format) }),
    };
    return prefill === undefined ? [said] : [said, ownPrefill(prefill)];
  } catch (error) {
    if (error instanceof AntiphonError) return error;
    return new AntiphonError("invalid_input", "The message cannot be read: one of its fields throws. Give it plain values.", {
      cause: error,
    });
  }
}

function ownPrefill(prefill: string): MessageBody {
  if (typeof prefill !== "string" || prefill.trim() === "") {
    throw new AntiphonError("invalid_input", `The prefill says nothing (${quoted(prefill)}). Give it a text, or leave it out.`);
  }
  return { kind: "message", role: "assistant", content: ownContent(prefill, "assistant"), origin: "synthetic" };
}
