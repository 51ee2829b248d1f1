import { DEFAULT_MODEL, modelFacts, type Settings, type SettingsChange } from "@antiphon/core";
import { usageFailure } from "./failure.ts";
import { systemText } from "./input/system-text.ts";

/** What the options of a turn say, as commander gives them. */
export interface TurnFlags {
  readonly model?: string;
  readonly system?: string;
  readonly maxTokens?: number;
  readonly continue?: boolean;
  readonly resume?: string;
  /** One shot, also on a terminal. */
  readonly print?: boolean;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** Room for an answer of some length and the thinking before it, which counts too. */
const MAX_TOKENS = 16_000;

/** How many times a reply that reached `max_tokens` is continued. */
export const CONTINUATIONS = 3;

/** Whether the flags name a conversation that is there. */
export function goesOn(flags: TurnFlags): boolean {
  return flags.continue === true || flags.resume !== undefined;
}

/** The settings of a new conversation. */
export function newSettings(flags: TurnFlags): Settings {
  const model = flags.model ?? DEFAULT_MODEL;
  const system = flags.system === undefined ? "" : systemText(flags.system);
  return {
    model,
    max_tokens: flags.maxTokens ?? Math.min(MAX_TOKENS, modelFacts(model)?.outputTokensMax ?? MAX_TOKENS),
    ...(system.trim() !== "" && { system }),
  };
}

/** What the flags change in a conversation that exists: only what was said out loud. An empty `--system` takes it away. */
export function settingsChange(flags: TurnFlags): SettingsChange | undefined {
  const change: { model?: string; max_tokens?: number; system?: string | undefined } = {};
  if (flags.model !== undefined) change.model = flags.model;
  if (flags.maxTokens !== undefined) change.max_tokens = flags.maxTokens;
  if (flags.system !== undefined) {
    const system = systemText(flags.system);
    change.system = system.trim() === "" ? undefined : system;
  }
  return Object.keys(change).length === 0 ? undefined : change;
}

/** What can be told of a new conversation before there is so much as a database. Errors: as `requireRoom`. */
export function requireNewRoom(flags: TurnFlags): void {
  if (!goesOn(flags) && flags.maxTokens !== undefined)
    requireRoom({ model: flags.model ?? DEFAULT_MODEL, max_tokens: flags.maxTokens }, flags);
}

/** Errors: a usage failure where the model does not give as many tokens as are asked for, before anything is stored. */
export function requireRoom({ model, max_tokens: asked }: Pick<Settings, "model" | "max_tokens">, flags: TurnFlags): void {
  const most = modelFacts(model)?.outputTokensMax;
  if (most === undefined || asked <= most) return;
  const gives = `and ${model} gives at most ${most} tokens in one reply`;
  throw usageFailure(
    flags.maxTokens === undefined
      ? `The conversation is set to ${asked} tokens a reply, ${gives}. Give it --max-tokens ${most} or less.`
      : `--max-tokens is ${asked}, ${gives}. Give ${most} or less.`,
  );
}
