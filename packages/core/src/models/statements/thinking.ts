import type { EffortLevel } from "../model-facts.ts";
import { GENERATION_4_6, GENERATION_5, SINCE_5_1 } from "./families.ts";
import { DOCS, type ModelSource } from "./statement.ts";

const TO_HIGH: readonly EffortLevel[] = ["low", "medium", "high"];

/** What sources say of thinking and effort. */
export const THINKING_SOURCES: readonly ModelSource[] = [
  {
    source: `${DOCS}/build-with-claude/thinking`,
    read: "2026-08",
    says: [
      {
        models: [
          "claude-3-7-sonnet",
          "claude-sonnet-4",
          "claude-opus-4",
          "claude-opus-4-1",
          "claude-sonnet-4-5",
          "claude-haiku-4-5",
          "claude-opus-4-5",
        ],
        facts: {
          thinkingTypes: ["enabled", "disabled"],
          thinkingDefault: "off",
          thinkingAlwaysOn: false,
        },
        words: "4.5 and older: enabled, disabled; default off; adaptive is rejected",
      },
      {
        models: GENERATION_4_6,
        facts: {
          thinkingTypes: ["adaptive", "enabled", "disabled"],
          thinkingDefault: "off",
          thinkingAlwaysOn: false,
        },
        words: "adaptive, enabled (deprecated), disabled; default off",
      },
      {
        models: ["claude-opus-4-7", "claude-opus-4-8"],
        facts: {
          thinkingTypes: ["adaptive", "disabled"],
          thinkingDefault: "off",
          thinkingAlwaysOn: false,
        },
        words: "adaptive, disabled; default off; enabled is rejected",
      },
      {
        models: ["claude-sonnet-5"],
        facts: {
          thinkingTypes: ["adaptive", "disabled"],
          thinkingDefault: "on",
          thinkingAlwaysOn: false,
        },
        words: "adaptive, disabled; default on; enabled is rejected",
      },
      {
        models: ["claude-opus-5"],
        facts: {
          thinkingTypes: ["adaptive", "disabled"],
          thinkingDefault: "on",
          thinkingAlwaysOn: false,
          thinkingDisabledEfforts: TO_HIGH,
        },
        words: "adaptive; disabled at effort high or below; default on; enabled is rejected",
      },
      {
        models: ["claude-fable-5", "claude-mythos-5", ...SINCE_5_1.filter((id) => /fable|mythos/.test(id))],
        facts: { thinkingTypes: ["adaptive"], thinkingDefault: "on", thinkingAlwaysOn: true },
        words: "adaptive, always on; enabled and disabled are rejected",
      },
      {
        models: ["claude-mythos-preview"],
        facts: {
          thinkingTypes: ["adaptive", "enabled"],
          thinkingDefault: "on",
          thinkingAlwaysOn: true,
        },
        words: "adaptive, enabled; always on; disabled is rejected",
      },
    ],
  },
  {
    source: `${DOCS}/models/opus-5-5/whats-new-opus-5-5`,
    read: "2026-11",
    says: [
      {
        models: ["claude-opus-5-5"],
        facts: {
          thinkingTypes: ["adaptive"],
          thinkingDefault: "on",
          thinkingAlwaysOn: true,
          thinkingDisplayDefault: "omitted",
        },
        words: "adaptive, always on; cannot be disabled; text is empty at the default display setting",
      },
    ],
  },
  {
    source: `${DOCS}/models/sonnet-5-5/whats-new-sonnet-5-5`,
    read: "2026-11",
    says: [
      {
        models: ["claude-sonnet-5-5"],
        facts: {
          thinkingTypes: ["adaptive", "between_tools"],
          thinkingDefault: "on",
          thinkingAlwaysOn: false,
          thinkingDisplayDefault: "omitted",
        },
        words: "adaptive by default; up-front thinking is turned off with between_tools; a display value returns the text",
      },
    ],
  },
  {
    source: `${DOCS}/models/haiku-5-5/migration-guide ; that it can be disabled: https://docs.apiyi.com/en/live/2026-11/claude-thinking-guide-refresh (third party)`,
    read: "2026-11",
    says: [
      {
        models: ["claude-haiku-5-5"],
        facts: {
          thinkingTypes: ["adaptive", "disabled"],
          thinkingDefault: "on",
          thinkingAlwaysOn: false,
          thinkingDisplayDefault: "omitted",
        },
        words: "change enabled to adaptive; thinking text is omitted by default; disabled at effort high or lower",
      },
    ],
  },
  {
    source: "recorded replies to requests that set no display",
    read: "2026-08",
    says: [
      {
        models: ["claude-sonnet-5"],
        facts: { thinkingDisplayDefault: "omitted" },
        words: "thinking blocks with empty text",
      },
      {
        models: ["claude-3-7-sonnet", "claude-sonnet-4", "claude-sonnet-4-5", "claude-haiku-4-5", ...GENERATION_4_6],
        facts: { thinkingDisplayDefault: "summarized" },
        words: "thinking blocks with text",
      },
    ],
  },
  {
    source: "https://platform.claude.com/docs/build-with-claude/preserved-thinking",
    read: "2026-11",
    says: [
      {
        models: SINCE_5_1,
        facts: { boundThinking: true },
        words: "starting with Claude Fable 5.1, a thinking block is valid while nothing before it has changed",
      },
    ],
  },
  {
    source: `${DOCS}/build-with-claude/effort`,
    read: "2026-08",
    says: [
      {
        models: ["claude-opus-4-5"],
        facts: { effortLevels: TO_HIGH },
        words: "supported; not among the models of max or xhigh",
      },
      {
        models: [...GENERATION_4_6, "claude-mythos-preview"],
        facts: { effortLevels: [...TO_HIGH, "max"] },
        words: "supported, with max; not among the models of xhigh",
      },
      {
        models: ["claude-opus-4-7", "claude-opus-4-8", ...GENERATION_5],
        facts: { effortLevels: [...TO_HIGH, "xhigh", "max"], effortDefault: "high" },
        words: "supported, with xhigh and max; high is the default",
      },
    ],
  },
];
