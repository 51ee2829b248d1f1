/** The models of a generation, for statements that name the generation. */
export const BEFORE_4_6: readonly string[] = [
  "claude-3-opus",
  "claude-3-sonnet",
  "claude-3-haiku",
  "claude-3-5-sonnet",
  "claude-3-5-haiku",
  "claude-3-7-sonnet",
  "claude-sonnet-4",
  "claude-opus-4",
  "claude-opus-4-1",
  "claude-sonnet-4-5",
  "claude-haiku-4-5",
  "claude-opus-4-5",
];

export const GENERATION_4_6: readonly string[] = ["claude-opus-4-6", "claude-sonnet-4-6"];

export const GENERATION_5: readonly string[] = ["claude-opus-5", "claude-sonnet-5", "claude-fable-5", "claude-mythos-5"];

export const SINCE_5_1: readonly string[] = [
  "claude-fable-5-1",
  "claude-mythos-5-1",
  "claude-opus-5-5",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
  "claude-fable-5-2",
  "claude-mythos-5-2",
];

export const SINCE_4_7: readonly string[] = ["claude-opus-4-7", "claude-opus-4-8", ...GENERATION_5, ...SINCE_5_1];
