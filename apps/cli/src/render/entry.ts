import { type BoundaryEntry, type ContentBlock, type Entry, isBlock, type MessageEntry, type Settings } from "@antiphon/core";
import { billWords } from "../conversations/open-conversation.ts";
import { localMinute } from "./local-minute.ts";

/** The line above an entry: who made it, when, and what is not as it seems. */
export function entryHeading(entry: Entry): string {
  return ["──", headline(entry), "·", localMinute(entry.createdAt), "·", entry.id.slice(-8)].join(" ");
}

/** What an entry says, as it is: no indents, no breaks of ours. */
export function entryText(entry: Entry): string {
  return entryParts(entry)
    .flatMap(({ text, quiet }) => (quiet ? [] : [text]))
    .join("\n");
}

/** The same in parts, each on lines of its own; the quiet ones tell of what nobody can read. */
export function entryParts(entry: Entry): readonly { readonly text: string; readonly quiet: boolean }[] {
  const parts =
    entry.kind === "message"
      ? entry.content.map((block) => ({ text: blockText(block), quiet: isHiddenThinking(block) }))
      : [{ text: otherText(entry), quiet: false }];
  return parts.filter(({ text }) => text !== "");
}

function otherText(entry: Exclude<Entry, MessageEntry>): string {
  switch (entry.kind) {
    case "settings":
      return settingsText(entry.settings);
    case "boundary":
      return boundaryText(entry);
    case "approval":
      return entry.reason ?? "";
    case "tool-start":
      return "";
  }
}

function headline(entry: Entry): string {
  switch (entry.kind) {
    case "message":
      return messageHeadline(entry);
    case "settings":
      return "settings";
    case "boundary":
      return boundaryHeadline(entry);
    case "tool-start":
      return `[tool] ${entry.name} was started (${entry.toolUseId})`;
    case "approval":
      return `[approval] ${entry.verdict}: ${entry.toolUseId}`;
  }
}

/** Only what a person typed is "you", and only what the model said is the model's; all else is marked. */
function messageHeadline({ role, origin, author, setting, reply }: MessageEntry): string {
  if (reply !== undefined) {
    const how = reply.whole ? (reply.stopReason ?? "") : "partial: the stream broke off";
    const cut = reply.stopReason === "max_tokens" ? " (cut off)" : "";
    return `${origin === "model" ? "" : `[${origin}] `}${reply.model} · ${reply.whole ? how + cut : `[${how}]`}`;
  }
  if (origin === "human") return author ?? "you";
  if (origin === "tool") return "[tool result]";
  if (setting === "system") return `[${origin}] the system prompt from here on`;
  return `[${origin}] ${role}, ${origin === "imported" ? "brought from elsewhere" : "not typed by anybody"}`;
}

function isHiddenThinking(block: ContentBlock): boolean {
  return isBlock(block, "thinking") && block.thinking === "";
}

function blockText(block: ContentBlock): string {
  if (isBlock(block, "text")) return block.text;
  if (isBlock(block, "thinking")) return block.thinking === "" ? "[thinking, not shown by the API]" : `[thinking] ${block.thinking}`;
  if (isBlock(block, "tool_use")) return `[tool call] ${block.name} ${JSON.stringify(block.input)}`;
  if (isBlock(block, "tool_result")) return `[tool result${block.is_error === true ? ", an error" : ""}] ${resultText(block.content)}`;
  return `[${block.type}]`;
}

function resultText(content: unknown): string {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.map((block: ContentBlock) => blockText(block)).join("\n") : "";
}

function settingsText({ model, max_tokens, system }: Settings): string {
  const said = typeof system === "string" ? system : Array.isArray(system) ? system.map((block) => block.text).join("\n") : undefined;
  return `model ${model}, at most ${max_tokens} tokens a reply${said === undefined ? "" : `\nsystem: ${said}`}`;
}

function boundaryHeadline({ boundary, bill }: BoundaryEntry): string {
  const cost = billWords(bill);
  return `[${boundary.type}] ${BOUNDARY_WORDS[boundary.type]}${cost === undefined ? "" : ` (cost ${cost})`}`;
}

const BOUNDARY_WORDS = {
  settings: "other settings from here on",
  "left-out": "not sent any more",
  superseded: "sent in other words from here on",
  compaction: "what came before is sent as this summary",
  clear: "tool results are sent as a placeholder",
  window: "what came before is not sent any more",
  restored: "an earlier change of what is sent is taken back",
  erase: "erased",
} as const;

function boundaryText({ boundary }: BoundaryEntry): string {
  switch (boundary.type) {
    case "settings":
      return settingsText(boundary.settings);
    case "left-out":
      return `${boundary.reason}: ${boundary.entryIds.map((id) => id.slice(-8)).join(", ")}`;
    case "superseded":
    case "compaction":
      return boundary.content.map(blockText).join("\n");
    case "clear":
      return boundary.toolUseIds.join(", ");
    case "window":
      return `from ${boundary.fromEntryId.slice(-8)} on`;
    case "restored":
      return boundary.boundaryId.slice(-8);
    case "erase":
      return boundary.entryIds.map((id) => id.slice(-8)).join(", ");
  }
}
