import { BEFORE_4_6, GENERATION_4_6, SINCE_4_7 } from "./families.ts";
import { DOCS, type ModelSource } from "./statement.ts";

/** What sources say of messages, parameters and tools. */
export const REQUEST_SOURCES: readonly ModelSource[] = [
  {
    source: `${DOCS}/api/errors#prefill-not-supported`,
    read: "2026-08",
    says: [
      {
        models: BEFORE_4_6,
        facts: { prefill: true },
        words: "prefill is not supported from Claude 4.6 on",
      },
      {
        models: [...GENERATION_4_6, ...SINCE_4_7, "claude-mythos-preview"],
        facts: { prefill: false },
        words: "prefill is not supported from Claude 4.6 on, nor on Claude Mythos Preview",
      },
    ],
  },
  {
    source: "platform.claude.com/docs: migration guide",
    read: "2026-08",
    says: [
      {
        models: ["claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-5", ...GENERATION_4_6],
        facts: { sampling: "one-of" },
        words: "temperature or top_p, not both",
      },
    ],
  },
  {
    source: "platform.claude.com/docs: what's new in Claude 4.7",
    read: "2026-08",
    says: [
      {
        models: SINCE_4_7,
        facts: { sampling: "none" },
        words: "temperature, top_p and top_k at other than their defaults return a 400 error",
      },
    ],
  },
  {
    source: "platform.claude.com/docs: data residency",
    read: "2026-08",
    says: [
      {
        models: BEFORE_4_6,
        facts: { inferenceGeo: false },
        words: "inference_geo returns a 400 error on Claude 4.5 and older",
      },
    ],
  },
  {
    source: `${DOCS}/build-with-claude/mid-conversation-system-messages`,
    read: "2026-08",
    says: [
      {
        models: [...BEFORE_4_6, ...GENERATION_4_6, "claude-opus-4-7", "claude-mythos-preview"],
        facts: { systemMessages: false },
        words: "not among the supported models",
      },
      {
        models: ["claude-fable-5", "claude-mythos-5", "claude-opus-4-8", "claude-opus-5"],
        facts: { systemMessages: true },
        words: "supported on Fable 5, Mythos 5, Opus 4.8 and Opus 5",
      },
    ],
  },
  {
    source: "https://github.com/langchain-ai/langchainjs/releases/tag/@langchain%2Fanthropic@1.5.13 (third party)",
    read: "2026-10",
    says: [
      {
        models: ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-1", "claude-mythos-5-1"],
        facts: { systemMessages: true },
        words: "their profiles set midConversationSystemMessages",
      },
    ],
  },
  {
    source: `${DOCS}/models/sonnet-5-5/whats-new-sonnet-5-5#forced-tool-use-is-not-supported ; ${DOCS}/models/opus-5-5/whats-new-opus-5-5`,
    read: "2026-11",
    says: [
      {
        models: ["claude-fable-5-1", "claude-opus-5-5", "claude-sonnet-5-5"],
        facts: { forcedToolChoice: false },
        words: "forced tool use returns an error",
      },
    ],
  },
];
