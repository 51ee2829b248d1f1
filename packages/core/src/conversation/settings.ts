import type Anthropic from "@anthropic-ai/sdk";
import { AntiphonError } from "../errors.ts";
import { halfCharacterIn } from "../messages/half-character.ts";
import { frozenCopy } from "./frozen-copy.ts";
import { toolDefinition } from "./tool-definition.ts";
import { requireObject } from "../own-options.ts";
import { quoted } from "../quoted.ts";

type RequestParams = Omit<Anthropic.Beta.MessageCreateParamsNonStreaming, "messages" | "stream">;

/**
 * The stored settings of a conversation: the SDK's own request params without `messages` and `stream`, wire names kept.
 * Fields that a newer API knows and these types do not are stored and sent as they are.
 */
export interface Settings extends Omit<RequestParams, "model"> {
  readonly model: string;
  readonly [field: string]: unknown;
}

/** The fields that a sent prefix is made of: changing one is a boundary. */
export const PREFIX_FIELDS = ["model", "system", "tools"] as const satisfies readonly (keyof Settings)[];

/** Whether going from `before` to `after` leaves the sent prefix as it is. Compares in wire form. */
export function keepsPrefix(before: Settings, after: Settings): boolean {
  return PREFIX_FIELDS.every((field) => JSON.stringify(before[field]) === JSON.stringify(after[field]));
}

/**
 * The other fields that a cached prefix hangs on, at the latest from its first message on. Thinking is not bound to them.
 * Sources: prompt caching documentation, "What invalidates the cache" (tool choice, thinking parameters, speed); structured outputs
 * (the format) and effort per message (the top-level effort) documentation; the tools of MCP servers are part of the prompt.
 */
const CACHE_FIELDS = ["tool_choice", "thinking", "output_config", "speed", "mcp_servers"] as const satisfies readonly (keyof Settings)[];

/** Whether going from `before` to `after` leaves what the API has cached of the messages readable. */
export function keepsCache(before: Settings, after: Settings): boolean {
  return keepsPrefix(before, after) && CACHE_FIELDS.every((field) => cachedUnder(field, before) === cachedUnder(field, after));
}

function cachedUnder(field: (typeof CACHE_FIELDS)[number], settings: Settings): string | undefined {
  // How thinking is shown has no part in it.
  const isShown = (key: string): boolean => field === "thinking" && key === "display";
  return JSON.stringify(settings[field], (key, value: unknown) => (isShown(key) ? undefined : value));
}

/** A caller's settings as a frozen copy of its own, in wire form. Errors: `invalid_input` for what no request can have. */
export function ownSettings(settings: Settings): Settings {
  requireObject(settings, "`settings` are", "Give it an object with `model` and `max_tokens`.");
  if (typeof settings.model !== "string" || settings.model.trim() === "") {
    throw invalid(`The settings name no model (${quoted(settings.model)}). Set \`model\`, for example "claude-sonnet-5-5".`);
  }
  if (!Number.isInteger(settings.max_tokens) || settings.max_tokens < 1) {
    throw invalid(`\`max_tokens\` is ${quoted(settings.max_tokens)}. Set it to a whole number above 0, for example 4096.`);
  }
  for (const field of ["messages", "stream"]) {
    if (field in settings) throw invalid(`\`${field}\` is not a setting: it is made from the conversation. Leave it out.`);
  }
  if (saysNothing(settings.system)) {
    throw invalid(`The system prompt says nothing (${quoted(settings.system)}). Say what it should say, or leave \`system\` out.`);
  }
  if (typeof settings.system !== "string" && !isListOf(settings.system, isBlock)) {
    throw invalid(`\`system\` is ${quoted(settings.system)}. Give it a text or a list of text blocks, or leave it out.`);
  }
  if (!isListOf(settings.tools, isObject)) {
    throw invalid(`\`tools\` is ${quoted(settings.tools)}. Give it a list of tool definitions, or leave it out.`);
  }
  const half = halfCharacterIn(settings);
  if (half !== undefined) {
    throw invalid(
      `The settings hold half a character (a lone surrogate) at \`${half}\`. Cut texts between characters, or pass \`text.toWellFormed()\`.`,
    );
  }
  try {
    return frozenCopy(withDefinitions(settings));
  } catch (cause) {
    throw invalid("The settings cannot be written as JSON. Leave out circles and big numbers.", cause);
  }
}

/** A runnable tool among the settings is stored as its definition. */
function withDefinitions(settings: Settings): Settings {
  const { tools } = settings;
  if (!Array.isArray(tools)) return settings;
  const isRunnable = (tool: unknown): tool is object => typeof (tool as { run?: unknown } | null)?.run === "function";
  return { ...settings, tools: tools.map((tool: unknown) => (isRunnable(tool) ? toolDefinition(tool) : tool)) as Settings["tools"] };
}

/** Whether a system prompt has a text without a word in it: the API takes none. An empty list is no prompt. */
function saysNothing(system: unknown): boolean {
  const isBlank = (text: unknown): boolean => typeof text === "string" && text.trim() === "";
  return isBlank(system) || (Array.isArray(system) && system.some((block: { text?: unknown } | null) => isBlank(block?.text)));
}

/** Whether what is there is such a list. */
function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.every(isOne));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isBlock(value: unknown): boolean {
  return isObject(value) && typeof (value as { readonly type?: unknown }).type === "string";
}

function invalid(message: string, cause?: unknown): AntiphonError {
  return new AntiphonError("invalid_input", message, cause === undefined ? {} : { cause });
}
