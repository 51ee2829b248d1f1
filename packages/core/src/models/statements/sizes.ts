import { DOCS, type ModelSource } from "./statement.ts";

const OVERVIEW = "https://platform.claude.com/docs/models/overview";

/** What sources say of windows, outputs, caching and default effort, as the model pages list them. */
export const SIZE_SOURCES: readonly ModelSource[] = [
  {
    source: `${OVERVIEW} and the models' own pages`,
    read: "2026-11",
    says: [
      {
        models: [
          "claude-opus-4-6",
          "claude-sonnet-4-6",
          "claude-opus-4-8",
          "claude-opus-5",
          "claude-sonnet-5",
          "claude-fable-5",
          "claude-fable-5-1",
          "claude-fable-5-2",
          "claude-opus-5-5",
          "claude-sonnet-5-5",
          "claude-haiku-5-5",
        ],
        facts: { contextWindowTokens: 1_000_000, outputTokensMax: 128_000 },
        words: "context window 1M tokens, max output 128K tokens",
      },
      {
        models: ["claude-opus-5-5", "claude-haiku-5-5"],
        facts: { effortDefault: "medium" },
        words: "default effort medium",
      },
      {
        models: ["claude-sonnet-5-5", "claude-fable-5-1", "claude-fable-5-2"],
        facts: { effortDefault: "high" },
        words: "default effort high",
      },
    ],
  },
  {
    source: OVERVIEW,
    read: "2026-08",
    says: [
      {
        models: ["claude-haiku-4-5"],
        facts: { contextWindowTokens: 200_000, outputTokensMax: 64_000, effortLevels: [] },
        words: "context window 200K tokens, max output 64K tokens, effort not supported",
      },
    ],
  },
  {
    source: OVERVIEW,
    read: "2025-11",
    says: [
      {
        models: ["claude-sonnet-4-5"],
        facts: { contextWindowTokens: 200_000, outputTokensMax: 64_000 },
        words: "context window 200K tokens, 1M in a beta; max output 64K tokens",
      },
      {
        models: ["claude-opus-4-1"],
        facts: { contextWindowTokens: 200_000, outputTokensMax: 32_000 },
        words: "context window 200K tokens, max output 32K tokens",
      },
    ],
  },
  {
    source: `${DOCS}/models/haiku-5-5/overview`,
    read: "2026-10",
    says: [
      {
        models: ["claude-haiku-5-5"],
        facts: { cacheTokensMin: 512 },
        words: "the minimum cacheable prompt length is 512 tokens",
      },
    ],
  },
  {
    source: `${DOCS}/build-with-claude/prompt-caching#cache-limitations`,
    read: "2026-10",
    says: [
      {
        models: [
          "claude-opus-5",
          "claude-fable-5",
          "claude-mythos-5",
          "claude-fable-5-1",
          "claude-mythos-5-1",
          "claude-opus-5-5",
          "claude-sonnet-5-5",
        ],
        facts: { cacheTokensMin: 512 },
        words: "512 tokens",
      },
      {
        models: [
          "claude-opus-4-8",
          "claude-sonnet-5",
          "claude-sonnet-4-6",
          "claude-sonnet-4-5",
          "claude-opus-4-1",
          "claude-opus-4",
          "claude-sonnet-4",
        ],
        facts: { cacheTokensMin: 1024 },
        words: "1,024 tokens",
      },
      {
        models: ["claude-opus-4-7", "claude-mythos-preview", "claude-3-5-haiku"],
        facts: { cacheTokensMin: 2048 },
        words: "2,048 tokens",
      },
      {
        models: ["claude-opus-4-6", "claude-opus-4-5", "claude-haiku-4-5"],
        facts: { cacheTokensMin: 4096 },
        words: "4,096 tokens",
      },
    ],
  },
];
