import { describe, expect, test } from "vitest";

import { RULES } from "../../src/request/rules/all-rules.ts";
import { severityOf } from "../../src/request/rules/rule.ts";
import { UNCHECKED_RULES } from "../../src/request/rules/unchecked-rules.ts";
import { validateRequest } from "../../src/request/validate-request.ts";
import { EXAMPLES, NEAR_MISSES } from "./all-examples.ts";
import { request } from "./examples/example.ts";

describe("each rule says what the API says", () => {
  test.each(EXAMPLES.map((example) => [`${example.rule} at ${example.path || "the body"}`, example] as const))("%s", (_, example) => {
    const found = validateRequest(example.body, example.options).filter(({ rule }) => rule === example.rule);
    expect(found[0]).toMatchObject({ path: example.path, message: example.message });
    expect(found).toHaveLength(1);
  });
});

describe("each rule leaves its near misses alone", () => {
  test.each(NEAR_MISSES.map((near, index) => [`${near.rule} ${index}`, near] as const))("%s", (_, near) => {
    const found = validateRequest(near.body, near.options).filter(({ rule }) => rule === near.rule);
    expect(found).toEqual([]);
  });
});

test("every rule has an example, and every example a rule", () => {
  const rules = RULES.map(({ id }) => id);
  expect(rules.filter((id) => !EXAMPLES.some(({ rule }) => rule === id))).toEqual([]);
  expect([...EXAMPLES, ...NEAR_MISSES].filter(({ rule }) => !rules.includes(rule))).toEqual([]);
});

test("a body that is too large has a status of its own", () => {
  const tooLarge = EXAMPLES.find(({ rule }) => rule === "body-too-large");
  expect(validateRequest(tooLarge?.body)).toMatchObject([{ rule: "body-too-large", status: 413 }]);
  expect(validateRequest(request({ messages: [] }))).toMatchObject([{ rule: "messages-empty", status: 400 }]);
});

test("a plain request has no violations", () => {
  expect(validateRequest(request())).toEqual([]);
});

test("ids are unique and kebab-case, over what is checked and what is not", () => {
  const ids = [...RULES, ...UNCHECKED_RULES].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
});

test("an error is recorded or official and has no counter-evidence", () => {
  const base = { id: "x", group: "misc", says: "", status: 400, text: "", source: "" } as const;
  expect(severityOf({ ...base, confidence: "recorded" })).toBe("error");
  expect(severityOf({ ...base, confidence: "official" })).toBe("error");
  expect(severityOf({ ...base, confidence: "official", counterEvidence: "seen accepted" })).toBe("warning");
  expect(severityOf({ ...base, confidence: "high" })).toBe("warning");
  expect(severityOf({ ...base, confidence: "medium" })).toBe("warning");
  expect(severityOf({ ...base, confidence: "legacy" })).toBe("warning");
});

test("a block of a type that nobody knows is a warning at most", () => {
  const body = request({ messages: [{ role: "user", content: [{ type: "hologram", depth: 3 }] }] });
  expect(validateRequest(body).map(({ rule, severity }) => [rule, severity])).toEqual([["block-type-unknown", "warning"]]);
});

test("a model that is not known gets no model rules", () => {
  const body = request({
    model: "mystery-1",
    max_tokens: 1_000_000,
    thinking: { type: "adaptive" },
    output_config: { effort: "max" },
    messages: [...(request()["messages"] as unknown[]), { role: "assistant", content: "Once " }],
  });
  expect(validateRequest(body)).toEqual([]);
  expect(validateRequest({ ...body, model: "claude-sonnet-4-5" }, { model: null })).toEqual([]);
});

test("a value that a newer API may know is a warning at most", () => {
  const body = request({
    tool_choice: { type: "zap" },
    thinking: { type: "deep", depth: 3 },
    service_tier: "gold",
    metadata: { plan: "gold" },
    tools: [{ type: "time_machine_20270101", name: "back" }],
    messages: [{ role: "user", content: [{ type: "image", source: { type: "crystal" }, cache_control: { type: "eternal" } }] }],
  });
  const found = validateRequest(body).map(({ rule, path, severity }) => `${severity} ${rule} ${path}`);
  expect(found).toEqual([
    "warning value-unknown service_tier",
    "warning value-unknown thinking.type",
    "warning value-unknown tool_choice.type",
    "warning value-unknown messages.0.content.0.cache_control.type",
    "warning value-unknown messages.0.content.0.source.type",
    "warning value-unknown tools.0.type",
    "warning nested-field-unknown metadata.plan",
  ]);
});

test("what the SDK turns into headers is known in its params, and not over the wire", () => {
  const body = request({ betas: ["skills-2025-10-02"], user_profile_id: "p", workspace_id: "w" });
  expect(validateRequest(body)).toEqual([]);
  expect(validateRequest(body, { form: "wire" }).map(({ rule, path, severity }) => [rule, path, severity])).toEqual([
    ["field-unknown", "betas", "warning"],
    ["field-unknown", "user_profile_id", "warning"],
    ["field-unknown", "workspace_id", "warning"],
  ]);
});

test("violations stop at the limit", () => {
  const messages = Array.from({ length: 50 }, () => ({ role: "user", content: " " }));
  expect(validateRequest(request({ messages }), { violationsMax: 10 })).toHaveLength(10);
});

test("of recorded rules only, only recorded ones speak", () => {
  const body = request({
    max_tokens: undefined,
    messages: [
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t" },
          { type: "text", text: "" },
        ],
      },
    ],
  });
  expect(validateRequest(body, { recordedOnly: true }).map(({ rule }) => rule)).toEqual(["tool-result-without-use"]);
});
