import type { EffortLevel, KnownFacts } from "./model-facts.ts";

/** One thing that a source says, about the models it names. */
export interface ModelStatement {
  readonly models: readonly string[];
  readonly facts: KnownFacts;
  readonly source: string;
  /** The month in which the source was read. */
  readonly read: string;
  /** What the source says, in its words, shortened. */
  readonly words: string;
}

const DOCS = "https://platform.claude.com/docs/en";
const THINKING = `${DOCS}/build-with-claude/thinking`;
const ERRORS = `${DOCS}/api/errors`;
const CACHING = `${DOCS}/build-with-claude/prompt-caching#cache-limitations`;
const EFFORT = `${DOCS}/build-with-claude/effort`;
const OVERVIEW = `${DOCS}/models/overview`;

const BEFORE_4_6 = [
  "claude-3-opus", "claude-3-sonnet", "claude-3-haiku", "claude-3-5-sonnet", "claude-3-5-haiku", "claude-3-7-sonnet",
  "claude-sonnet-4", "claude-opus-4", "claude-opus-4-1", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-5",
];
const GENERATION_4_6 = ["claude-opus-4-6", "claude-sonnet-4-6"];
const GENERATION_5 = ["claude-opus-5", "claude-sonnet-5", "claude-fable-5", "claude-mythos-5"];
const BOUND = [
  "claude-fable-5-1", "claude-mythos-5-1", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5",
  "claude-fable-5-2", "claude-mythos-5-2",
];
const SINCE_4_7 = ["claude-opus-4-7", "claude-opus-4-8", ...GENERATION_5, ...BOUND];
const ALWAYS_ON = [
  "claude-fable-5", "claude-mythos-5", "claude-fable-5-1", "claude-mythos-5-1", "claude-fable-5-2", "claude-mythos-5-2",
];

const TO_HIGH = ["low", "medium", "high"] as const satisfies readonly EffortLevel[];
const TO_HIGH_AND_MAX = ["low", "medium", "high", "max"] as const satisfies readonly EffortLevel[];
const ALL_EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const satisfies readonly EffortLevel[];

/** The table. A model is added by adding its statements; what no source says stays unsaid. */
export const MODEL_STATEMENTS: readonly ModelStatement[] = [
  // Prefill, sampling, geography.
  { models: BEFORE_4_6, facts: { prefill: true }, source: `${ERRORS}#prefill-not-supported`, read: "2026-08", words: "prefill is not supported on Claude 4.6 and later models" },
  { models: [...GENERATION_4_6, ...SINCE_4_7, "claude-mythos-preview"], facts: { prefill: false }, source: `${ERRORS}#prefill-not-supported`, read: "2026-08", words: "prefill is not supported on Claude 4.6 and later models and on Claude Mythos Preview" },
  { models: ["claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-5", ...GENERATION_4_6], facts: { sampling: "one-of" }, source: "platform.claude.com/docs: migration guide", read: "2026-08", words: "temperature or top_p, not both" },
  { models: SINCE_4_7, facts: { sampling: "none" }, source: "platform.claude.com/docs: what's new in Claude 4.7", read: "2026-08", words: "from Claude 4.7 on, temperature, top_p and top_k at a non-default value return a 400 error" },
  { models: BEFORE_4_6, facts: { inferenceGeo: false }, source: "platform.claude.com/docs: data residency", read: "2026-08", words: "inference_geo on Claude 4.5 and older models returns a 400 error" },

  // Thinking.
  { models: ["claude-3-7-sonnet", "claude-sonnet-4", "claude-opus-4", "claude-opus-4-1", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-5"], facts: { thinkingTypes: ["enabled", "disabled"], thinkingDefault: "off", thinkingAlwaysOn: false }, source: THINKING, read: "2026-08", words: "4.5 and older: enabled, disabled; default off; adaptive is rejected" },
  { models: GENERATION_4_6, facts: { thinkingTypes: ["adaptive", "enabled", "disabled"], thinkingDefault: "off", thinkingAlwaysOn: false }, source: THINKING, read: "2026-08", words: "adaptive, enabled (deprecated), disabled; default off" },
  { models: ["claude-opus-4-7", "claude-opus-4-8"], facts: { thinkingTypes: ["adaptive", "disabled"], thinkingDefault: "off", thinkingAlwaysOn: false }, source: THINKING, read: "2026-08", words: "adaptive, disabled; default off; enabled is rejected" },
  { models: ["claude-sonnet-5"], facts: { thinkingTypes: ["adaptive", "disabled"], thinkingDefault: "on", thinkingAlwaysOn: false }, source: THINKING, read: "2026-08", words: "adaptive, disabled; default on; enabled is rejected" },
  { models: ["claude-opus-5"], facts: { thinkingTypes: ["adaptive", "disabled"], thinkingDefault: "on", thinkingAlwaysOn: false, thinkingDisabledEfforts: TO_HIGH }, source: THINKING, read: "2026-08", words: "adaptive; disabled requires effort high or below; default on; enabled is rejected" },
  { models: [...ALWAYS_ON, "claude-opus-5-5"], facts: { thinkingTypes: ["adaptive"], thinkingDefault: "on", thinkingAlwaysOn: true }, source: THINKING, read: "2026-11", words: "adaptive, always on; enabled and disabled are rejected" },
  { models: ["claude-sonnet-5-5"], facts: { thinkingTypes: ["adaptive", "between_tools"], thinkingDefault: "on", thinkingAlwaysOn: false }, source: `${DOCS}/models/sonnet-5-5/whats-new-sonnet-5-5`, read: "2026-11", words: "adaptive by default; up-front thinking is turned off with between_tools; enabled and disabled are rejected" },
  { models: ["claude-haiku-5-5"], facts: { thinkingTypes: ["adaptive", "disabled"], thinkingDefault: "on", thinkingAlwaysOn: false }, source: `${DOCS}/models/haiku-5-5/migration-guide; disabled: https://docs.apiyi.com/en/live/2026-11/claude-thinking-guide-refresh (third party)`, read: "2026-11", words: "change enabled to adaptive, manual thinking is an error; can be disabled when effort is high or lower" },
  { models: ["claude-mythos-preview"], facts: { thinkingTypes: ["adaptive", "enabled"], thinkingDefault: "on", thinkingAlwaysOn: true }, source: THINKING, read: "2026-08", words: "adaptive, enabled; always on; disabled is rejected" },
  { models: ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"], facts: { thinkingDisplayDefault: "omitted" }, source: `${DOCS}/models/opus-5-5/whats-new-opus-5-5, ${DOCS}/models/sonnet-5-5/whats-new-sonnet-5-5, ${DOCS}/models/haiku-5-5/whats-new-haiku-5-5`, read: "2026-11", words: "thinking text is empty at the default display setting" },
  { models: ["claude-sonnet-5"], facts: { thinkingDisplayDefault: "omitted" }, source: "recorded replies", read: "2026-08", words: "nine thinking blocks of requests that set no display, each with empty text" },
  { models: ["claude-3-7-sonnet", "claude-sonnet-4", "claude-sonnet-4-5", "claude-haiku-4-5", ...GENERATION_4_6], facts: { thinkingDisplayDefault: "summarized" }, source: "recorded replies", read: "2026-08", words: "thinking blocks of requests that set no display, each with text" },
  { models: BOUND, facts: { boundThinking: true }, source: "https://platform.claude.com/docs/build-with-claude/preserved-thinking", read: "2026-11", words: "each thinking block is bound to system, tools and every earlier message" },

  // Messages and tools.
  { models: [...BEFORE_4_6, ...GENERATION_4_6, "claude-opus-4-7", "claude-mythos-preview"], facts: { systemMessages: false }, source: `${DOCS}/build-with-claude/mid-conversation-system-messages`, read: "2026-08", words: "not among the supported models: Fable 5, Mythos 5, Opus 4.8, Opus 5" },
  { models: ["claude-fable-5", "claude-mythos-5", "claude-opus-4-8", "claude-opus-5"], facts: { systemMessages: true }, source: `${DOCS}/build-with-claude/mid-conversation-system-messages`, read: "2026-08", words: "supported models: Fable 5, Mythos 5, Opus 4.8, Opus 5" },
  { models: ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-1", "claude-mythos-5-1"], facts: { systemMessages: true }, source: "https://github.com/langchain-ai/langchainjs/releases/tag/@langchain%2Fanthropic@1.5.13 (third party)", read: "2026-10", words: "model profiles that set midConversationSystemMessages" },
  { models: ["claude-fable-5-1", "claude-opus-5-5", "claude-sonnet-5-5"], facts: { forcedToolChoice: false }, source: `${DOCS}/models/sonnet-5-5/whats-new-sonnet-5-5#forced-tool-use-is-not-supported, ${DOCS}/models/opus-5-5/whats-new-opus-5-5`, read: "2026-11", words: "forced tool use returns an error; also on Claude Fable 5.1" },

  // Effort.
  { models: ["claude-sonnet-4-5", "claude-haiku-4-5"], facts: { effortLevels: [] }, source: OVERVIEW, read: "2026-08", words: "default effort: not supported" },
  { models: ["claude-opus-4-5"], facts: { effortLevels: TO_HIGH }, source: EFFORT, read: "2026-08", words: "supported; not among the models of max or xhigh" },
  { models: ["claude-opus-4-6", "claude-sonnet-4-6", "claude-mythos-preview"], facts: { effortLevels: TO_HIGH_AND_MAX }, source: EFFORT, read: "2026-08", words: "supported, with max; not among the models of xhigh" },
  { models: ["claude-opus-4-7", "claude-opus-4-8", ...GENERATION_5], facts: { effortLevels: ALL_EFFORTS, effortDefault: "high" }, source: EFFORT, read: "2026-08", words: "supported, with xhigh and max; high is the default" },
  { models: ["claude-opus-5-5", "claude-haiku-5-5"], facts: { effortDefault: "medium" }, source: EFFORT, read: "2026-11", words: "Claude Opus 5.5 and Claude Haiku 5.5 default to medium" },
  { models: ["claude-sonnet-5-5", "claude-fable-5-1", "claude-fable-5-2"], facts: { effortDefault: "high" }, source: OVERVIEW, read: "2026-11", words: "default effort: high" },

  // Sizes.
  { models: ["claude-opus-4-6", "claude-opus-4-8", "claude-opus-5", "claude-sonnet-5", "claude-fable-5", "claude-fable-5-1", "claude-fable-5-2", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"], facts: { contextWindowTokens: 1_000_000, outputTokensMax: 128_000 }, source: `${OVERVIEW} and the models' own pages`, read: "2026-11", words: "context window 1M tokens, max output 128K tokens" },
  { models: ["claude-haiku-4-5"], facts: { contextWindowTokens: 200_000, outputTokensMax: 64_000 }, source: OVERVIEW, read: "2026-08", words: "context window 200K tokens, max output 64K tokens" },
  { models: ["claude-sonnet-4-5"], facts: { contextWindowTokens: 200_000, outputTokensMax: 64_000 }, source: OVERVIEW, read: "2025-11", words: "context window 200K tokens (1M in a beta that has ended), max output 64K tokens" },
  { models: ["claude-opus-4-1"], facts: { contextWindowTokens: 200_000, outputTokensMax: 32_000 }, source: OVERVIEW, read: "2025-11", words: "context window 200K tokens, max output 32K tokens" },
  { models: ["claude-opus-5", "claude-fable-5", "claude-mythos-5", "claude-fable-5-1", "claude-mythos-5-1", "claude-opus-5-5", "claude-sonnet-5-5"], facts: { cacheTokensMin: 512 }, source: CACHING, read: "2026-10", words: "512 tokens" },
  { models: ["claude-opus-4-8", "claude-sonnet-5", "claude-sonnet-4-6", "claude-sonnet-4-5", "claude-opus-4-1", "claude-opus-4", "claude-sonnet-4"], facts: { cacheTokensMin: 1024 }, source: CACHING, read: "2026-08", words: "1,024 tokens" },
  { models: ["claude-opus-4-7", "claude-mythos-preview", "claude-3-5-haiku"], facts: { cacheTokensMin: 2048 }, source: CACHING, read: "2026-08", words: "2,048 tokens" },
  { models: ["claude-opus-4-6", "claude-opus-4-5", "claude-haiku-4-5"], facts: { cacheTokensMin: 4096 }, source: CACHING, read: "2026-08", words: "4,096 tokens" },
];
