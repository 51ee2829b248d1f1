import type Anthropic from "@anthropic-ai/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { factsFromModelInfo } from "./facts-from-model-info.ts";
import { knownModels, modelFacts } from "./model-facts.ts";

const yes = { supported: true };
const no = { supported: false };

/** As the API answers, written out in full so that the SDK's type holds it. */
const SONNET: Anthropic.ModelInfo = {
  id: "claude-sonnet-5-5",
  type: "model",
  display_name: "Claude Sonnet 5.5",
  created_at: "2026-09-28T00:00:00Z",
  deprecated_at: null,
  lifecycle: "active",
  line: "sonnet",
  max_input_tokens: 1_000_000,
  max_tokens: 128_000,
  retires_at: null,
  capabilities: {
    batch: yes,
    citations: yes,
    code_execution: yes,
    context_management: { supported: true, clear_thinking_20251015: yes, clear_tool_uses_20250919: yes, compact_20260112: null },
    effort: { supported: true, low: yes, medium: yes, high: yes, xhigh: null, max: yes },
    image_input: yes,
    pdf_input: yes,
    server_tools: { supported: true, web_search: yes, code_execution: yes },
    structured_outputs: yes,
    thinking: { supported: true, types: { adaptive: yes, between_tools: yes, disabled: no, enabled: no } },
  },
};

test("a model's entry in the Models API is read as facts", () => {
  expect(factsFromModelInfo(SONNET)).toEqual({
    contextWindowTokens: 1_000_000,
    outputTokensMax: 128_000,
    lifecycle: "active",
    structuredOutputs: true,
    effortLevels: ["low", "medium", "high", "max"],
    thinkingTypes: ["adaptive", "between_tools"],
    thinkingAlwaysOn: false,
  });
});

describe("what the API does not say is not a fact", () => {
  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a text", "claude"],
    ["another server's entry", { id: "mystery-1", object: "model", owned_by: "somebody" }],
    ["null capabilities and sizes", { ...SONNET, lifecycle: "asleep", capabilities: null, max_input_tokens: null, max_tokens: 0 }],
    ["half of the thinking types", { capabilities: { thinking: { supported: true, types: { adaptive: yes } } } }],
    [
      "no thinking type at all",
      { capabilities: { thinking: { supported: false, types: { adaptive: no, between_tools: no, disabled: no, enabled: no } } } },
    ],
    ["effort without a level", { capabilities: { effort: { supported: true } } }],
  ])("%s", (_what, info) => {
    expect(factsFromModelInfo(info)).toEqual({});
  });

  test("of a model that is going away the date is kept", () => {
    const info = { ...SONNET, lifecycle: "deprecated", retires_at: "2027-01-31T00:00:00Z" };
    expect(factsFromModelInfo(info)).toMatchObject({ lifecycle: "deprecated", retiresAt: "2027-01-31T00:00:00Z" });
  });

  test("effort that is not supported is the fact that there are no levels", () => {
    expect(factsFromModelInfo({ capabilities: { effort: { supported: false } } })).toEqual({ effortLevels: [] });
  });
});

test("no answer whatever makes it throw, and every fact it gives has a value", () => {
  fc.assert(
    fc.property(fc.anything({ maxDepth: 4 }), fc.anything({ maxDepth: 3 }), (info, capabilities) => {
      for (const value of [info, { max_tokens: info, capabilities }, { capabilities: { thinking: capabilities, effort: info } }])
        for (const fact of Object.values(factsFromModelInfo(value))) expect(fact).toBeDefined();
    }),
  );
});

test("thinking that cannot be turned off is read from the types, as the table has it", () => {
  const known = knownModels()
    .map((id) => modelFacts(id)!)
    .filter(({ thinkingTypes }) => thinkingTypes !== undefined);
  expect(known.length).toBeGreaterThan(15);
  for (const { id, thinkingTypes, thinkingAlwaysOn } of known) {
    const support = (type: "adaptive" | "between_tools" | "disabled" | "enabled") => ({ supported: thinkingTypes!.includes(type) });
    const types = {
      adaptive: support("adaptive"),
      between_tools: support("between_tools"),
      disabled: support("disabled"),
      enabled: support("enabled"),
    };
    const read = factsFromModelInfo({ capabilities: { thinking: { supported: true, types } } });
    expect([id, read.thinkingAlwaysOn]).toEqual([id, thinkingAlwaysOn]);
    expect(read.thinkingTypes?.toSorted()).toEqual(thinkingTypes!.toSorted());
  }
});
