import { DEFAULT_MODEL, modelFacts, type Settings, type SettingsChange } from "@antiphon/core";
import { systemText } from "./input/system-text.ts";

/** What the options of a turn say, as commander gives them. */
export interface TurnFlags {
  readonly model?: string;
  readonly system?: string;
  readonly maxTokens?: number;
  readonly continue?: boolean;
  readonly resume?: string;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** Room for an answer of some length and the thinking before it, which counts too. */
const MAX_TOKENS = 16_000;

/** How many times a reply that reached `max_tokens` is continued. */
export const CONTINUATIONS = 3;

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
