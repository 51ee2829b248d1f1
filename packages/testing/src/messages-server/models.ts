import { modelFacts, type ModelFacts } from "@antiphon/core";

/** The models that `/v1/models` lists, newest first: the `Model` type of `@anthropic-ai/sdk` 1.12.0 (a test compares). */
export const LISTED_MODELS = [
  "claude-fable-5-2",
  "claude-mythos-5-2",
  "claude-haiku-5-5",
  "claude-sonnet-5-5",
  "claude-fable-5-1",
  "claude-opus-5-5",
  "claude-mythos-5-1",
  "claude-sonnet-5",
  "claude-fable-5",
  "claude-mythos-5",
  "claude-opus-5",
  "claude-opus-4-8",
  "claude-opus-4-7",
  "claude-mythos-preview",
  "claude-opus-4-6",
  "claude-sonnet-4-6",
  "claude-haiku-4-5",
  "claude-haiku-4-5-20251001",
  "claude-opus-4-5",
  "claude-opus-4-5-20251101",
  "claude-sonnet-4-5",
  "claude-sonnet-4-5-20250929",
] as const;

/** What the server does where nobody published a fact about a model. */
const ASSUMED = { contextWindowTokens: 200_000, outputTokensMax: 64_000, cacheTokensMin: 1_024 } as const;

export interface ServedModel {
  readonly id: string;
  /** The id without snapshot date and platform spelling: caches and thinking belong to it. */
  readonly family: string;
  readonly facts: ModelFacts | undefined;
  readonly contextWindowTokens: number;
  readonly outputTokensMax: number;
  readonly cacheTokensMin: number;
  /** Whether a thinking block is bound to everything before it. */
  readonly bindsThinking: boolean;
  /** Whether it thinks when `thinking` is not set. */
  readonly thinksByDefault: boolean;
  readonly displayDefault: "omitted" | "summarized";
}

/** The models that this server answers for: those that core knows, older ones included, and the caller's own. */
export class Models {
  readonly #more: readonly string[];
  readonly #cacheTokensMin: number | undefined;

  constructor(options: { readonly models?: readonly string[]; readonly cacheTokensMin?: number }) {
    this.#more = options.models ?? [];
    this.#cacheTokensMin = options.cacheTokensMin;
  }

  /** Undefined for a name that is no model. */
  find(id: string): ServedModel | undefined {
    const facts = modelFacts(id);
    return facts === undefined && !this.#more.includes(id) ? undefined : this.#served(id, facts);
  }

  list(): readonly ServedModel[] {
    return [...this.#more, ...LISTED_MODELS].map((id) => this.#served(id, modelFacts(id)));
  }

  #served(id: string, facts: ModelFacts | undefined): ServedModel {
    return {
      id,
      family: facts?.id ?? id,
      facts,
      contextWindowTokens: facts?.contextWindowTokens ?? ASSUMED.contextWindowTokens,
      outputTokensMax: facts?.outputTokensMax ?? ASSUMED.outputTokensMax,
      cacheTokensMin: this.#cacheTokensMin ?? facts?.cacheTokensMin ?? ASSUMED.cacheTokensMin,
      bindsThinking: facts?.boundThinking ?? false,
      thinksByDefault: facts?.thinkingDefault === "on",
      displayDefault: facts?.thinkingDisplayDefault ?? "summarized",
    };
  }
}
