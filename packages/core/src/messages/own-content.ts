import { halfCharacterIn } from "./half-character.ts";
import { frozenCopy } from "../conversation/frozen-copy.ts";
import { AntiphonError } from "../errors.ts";
import { type ContentBlock, type ContentParam, type Role, toBlocks } from "./content-block.ts";

/**
 * A caller's content as a frozen list of its own, in wire form. Errors: `invalid_input` for what is no content, says
 * nothing, or cannot be written as JSON.
 */
export function ownContent(content: ContentParam, role: Role = "user"): readonly ContentBlock[] {
  if (typeof content !== "string" && !Array.isArray(content)) {
    throw invalid(`The content of the message is ${shown(content)}. Give it a text or a list of content blocks.`);
  }
  const blocks = toBlocks(content);
  const wrong = blocks.findIndex((block: unknown) => typeof (block as { type?: unknown } | null | undefined)?.type !== "string");
  if (wrong !== -1) {
    throw invalid(
      `The content of the message holds ${shown(blocks[wrong])} at ${wrong}, which is no content block. Give each block a \`type\`.`,
    );
  }
  const copy = written(blocks);
  const half = halfCharacterIn(copy, "content");
  if (half !== undefined) {
    throw invalid(
      `The message holds half a character (a lone surrogate) at ${half}. Cut texts between characters, or pass \`text.toWellFormed()\`.`,
    );
  }
  if (copy.every((block) => block.type === "text" && String(block.text).trim() === "")) {
    throw invalid("The message is empty. Say something, or attach something.");
  }
  // Of the assistant's the API was seen to take them (recorded); of a person's it takes none, whatever stands beside.
  const blank = role === "assistant" ? -1 : copy.findIndex(isBlankText);
  if (blank !== -1) throw invalid(`The message holds a text of nothing but white space at ${blank}. Leave that block out.`);
  return copy;
}

const ROLES: readonly unknown[] = ["user", "assistant", "system"] satisfies Role[];

/** A caller's role. Errors: `invalid_input` for what is none. */
export function ownRole(role: Role): Role {
  if (ROLES.includes(role)) return role;
  throw invalid(`The role of the message is ${shown(role)}. Give it one of ${ROLES.map(shown).join(", ")}.`);
}

function isBlankText({ type, text }: ContentBlock): boolean {
  return type === "text" && typeof text === "string" && text !== "" && text.trim() === "";
}

function written(blocks: readonly ContentBlock[]): readonly ContentBlock[] {
  try {
    return frozenCopy(blocks);
  } catch (cause) {
    throw invalid("The content of the message cannot be written as JSON. Leave out circles and big numbers.", cause);
  }
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "an object" : typeof value === "string" ? JSON.stringify(value) : String(value);
}

function invalid(message: string, cause?: unknown): AntiphonError {
  return new AntiphonError("invalid_input", message, cause === undefined ? {} : { cause });
}
