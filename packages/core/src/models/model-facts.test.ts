import { describe, expect, test } from "vitest";

import { newestSonnet } from "./default-model.ts";
import { knownModels, modelFacts, modelFamily, type FactName } from "./model-facts.ts";

describe("a model's id", () => {
  test.each([
    ["claude-sonnet-4-5", "claude-sonnet-4-5"],
    ["claude-sonnet-4-5-20250929", "claude-sonnet-4-5"],
    ["claude-sonnet-4-0", "claude-sonnet-4"],
    ["claude-sonnet-4-20250514", "claude-sonnet-4"],
    ["claude-opus-4-1-20250805", "claude-opus-4-1"],
    ["claude-3-opus-latest", "claude-3-opus"],
    ["claude-3-7-sonnet@20250219", "claude-3-7-sonnet"],
    ["claude-sonnet-4-5@20250929", "claude-sonnet-4-5"],
    ["claude-opus-5@default", "claude-opus-5"],
    ["anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku"],
    ["us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4"],
    ["eu.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"],
    ["global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"],
    ["anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"],
    ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4"],
  ])("%s is %s", (id, family) => {
    expect(modelFamily(id)).toBe(family);
    expect(modelFacts(id)?.id).toBe(family);
  });

  test.each(["mystery-1", "claude-sonet-4-5", "gpt-4o", "", "claude", "claude-sonnet-9-9"])("%j is not known", (id) => {
    expect(modelFacts(id)).toBeUndefined();
  });
});

test("each fact has a source with the month in which it was read, and no source stands without its fact", () => {
  for (const id of knownModels()) {
    const { id: _, sources, ...facts } = modelFacts(id) ?? { id, sources: {} };
    expect(Object.keys(sources).toSorted()).toEqual(Object.keys(facts).toSorted());
    for (const name of Object.keys(facts) as FactName[]) expect(sources[name]).toMatch(/.+ \(20\d\d-\d\d\): .+/);
  }
});

test("what no source says is undefined, not guessed", () => {
  expect(modelFacts("claude-opus-4-7")?.contextWindowTokens).toBeUndefined();
  expect(modelFacts("claude-sonnet-5")?.systemMessages).toBeUndefined();
  expect(modelFacts("claude-haiku-5-5")?.forcedToolChoice).toBeUndefined();
  expect(modelFacts("claude-sonnet-5-5")?.effortLevels).toBeUndefined();
});

test("the facts that decide what is sent", () => {
  expect(modelFacts("claude-sonnet-4-5")).toMatchObject({
    prefill: true,
    thinkingTypes: ["enabled", "disabled"],
    thinkingDefault: "off",
    systemMessages: false,
    contextWindowTokens: 200_000,
    outputTokensMax: 64_000,
    cacheTokensMin: 1024,
  });
  expect(modelFacts("claude-sonnet-5-5")).toMatchObject({
    prefill: false,
    thinkingTypes: ["adaptive", "between_tools"],
    thinkingDefault: "on",
    thinkingDisplayDefault: "omitted",
    boundThinking: true,
    systemMessages: true,
    forcedToolChoice: false,
    contextWindowTokens: 1_000_000,
    outputTokensMax: 128_000,
    cacheTokensMin: 512,
  });
  expect(modelFacts("claude-opus-5")).toMatchObject({
    thinkingDisabledEfforts: ["low", "medium", "high"],
  });
  expect(modelFacts("claude-fable-5-2")).toMatchObject({
    thinkingAlwaysOn: true,
    boundThinking: true,
  });
});

test("an override wins over the table and says so", () => {
  const facts = modelFacts("claude-opus-4-7", { contextWindowTokens: 1_000_000, prefill: true });
  expect(facts).toMatchObject({
    contextWindowTokens: 1_000_000,
    prefill: true,
    thinkingDefault: "off",
  });
  expect(facts?.sources.prefill).toBe("caller");
  expect(modelFacts("claude-opus-4-7")?.prefill).toBe(false);
});

test("an override makes an unknown model known, by that alone", () => {
  expect(modelFacts("mystery-1", { prefill: false })).toEqual({
    id: "mystery-1",
    prefill: false,
    sources: { prefill: "caller" },
  });
});

test("facts cannot be changed by their readers", () => {
  expect(Object.isFrozen(modelFacts("claude-opus-5"))).toBe(true);
  expect(Object.isFrozen(modelFacts("claude-opus-5")?.sources)).toBe(true);
});

test("the newest Sonnet is the highest version, however the list is ordered", () => {
  expect(newestSonnet(["claude-sonnet-4-5", "claude-sonnet-10", "claude-sonnet-5-5", "claude-opus-11"])).toBe("claude-sonnet-10");
  expect(newestSonnet(["claude-sonnet-5", "claude-sonnet-5-5", "claude-sonnet-4-5-20250929"])).toBe("claude-sonnet-5-5");
  expect(newestSonnet(["claude-opus-5"])).toBeUndefined();
});
