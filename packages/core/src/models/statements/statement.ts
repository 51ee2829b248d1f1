import type { KnownFacts } from "../model-facts.ts";

/** What one source says of models. */
export interface ModelSource {
  readonly source: string;
  /** The month in which it was read. */
  readonly read: string;
  readonly says: readonly ModelStatement[];
}

export interface ModelStatement {
  readonly models: readonly string[];
  readonly facts: KnownFacts;
  /** The source's words, shortened. */
  readonly words: string;
}

export const DOCS = "https://platform.claude.com/docs/en";
