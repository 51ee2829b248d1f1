import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { EXAMPLES, NEAR_MISSES } from "../../test/validation/all-examples.ts";
import { validateRequest } from "../request/validate-request.ts";
import { checkSettings, unsupportedByModel } from "./check-settings.ts";
import { modelFacts, type KnownFacts } from "./model-facts.ts";
import { REMEDIES } from "./remedies.ts";

function check(settings: { readonly model: string; readonly [field: string]: unknown }, overrides?: KnownFacts) {
  return checkSettings({ max_tokens: 1024, ...settings }, modelFacts(settings.model, overrides));
}

describe("a parameter that the model does not take is named with its value and with what to do", () => {
  const user = { role: "user", content: "Hello" };
  test.each([
    [
      { model: "claude-opus-4-7", messages: [user, { role: "assistant", content: "{" }] },
      "messages.1",
      "The request ends in an assistant message (messages.1), and claude-opus-4-7 takes no prefill. End it with a user message; for an answer of a given form use structured outputs (`output_config.format`).",
    ],
    [
      { model: "claude-opus-4-8", thinking: { type: "enabled", budget_tokens: 2048 } },
      "thinking.type",
      '`thinking.type` "enabled" is not taken by claude-opus-4-8. Use "adaptive" or "disabled", with `output_config.effort` in place of the budget, or leave `thinking` out: the model then does not think.',
    ],
    [
      { model: "claude-haiku-4-5", thinking: { type: "enabled", budget_tokens: 1024 } },
      "thinking.budget_tokens",
      "`thinking.budget_tokens` 1024 is not below `max_tokens` 1024. Set a smaller budget, or more `max_tokens`.",
    ],
    [
      { model: "claude-opus-5-5", thinking: { type: "disabled" } },
      "thinking.type",
      '`thinking.type` "disabled" is not taken by claude-opus-5-5. Use "adaptive", with a low `output_config.effort`, or leave `thinking` out: the model then thinks.',
    ],
    [
      { model: "claude-haiku-4-5", thinking: { type: "adaptive" } },
      "thinking.type",
      '`thinking.type` "adaptive" is not taken by claude-haiku-4-5. Use "enabled" or "disabled", or leave `thinking` out: the model then does not think.',
    ],
    [
      { model: "claude-opus-5", thinking: { type: "between_tools" } },
      "thinking.type",
      '`thinking.type` "between_tools" is not taken by claude-opus-5. Use "adaptive" or "disabled", or leave `thinking` out: the model then thinks.',
    ],
    [
      { model: "claude-opus-5", thinking: { type: "disabled" }, output_config: { effort: "max" } },
      "thinking",
      '`thinking.type` "disabled" is not taken by claude-opus-5 at `output_config.effort` "max". Set the effort to "low" or "medium" or "high", or leave `thinking` out.',
    ],
    [
      {
        model: "claude-sonnet-5-5",
        tools: [{ name: "look_up", input_schema: { type: "object" } }],
        tool_choice: { type: "tool", name: "look_up" },
      },
      "tool_choice",
      '`tool_choice` {"type":"tool","name":"look_up"} forces a tool, which claude-sonnet-5-5 does not take. Use { type: "auto" } and ask for the tool in words; for an answer of a given form use structured outputs (`output_config.format`).',
    ],
    [
      { model: "claude-opus-4-6", output_config: { effort: "xhigh" } },
      "output_config.effort",
      '`output_config.effort` "xhigh" is not taken by claude-opus-4-6. Use "low" or "medium" or "high" or "max", or leave it out.',
    ],
    [
      { model: "claude-haiku-4-5", output_config: { effort: "low" } },
      "output_config.effort",
      '`output_config.effort` "low" is not taken by claude-haiku-4-5. Leave it out.',
    ],
    [
      { model: "claude-opus-4-1-20250805", max_tokens: 64_000 },
      "max_tokens",
      "`max_tokens` is 64000, and claude-opus-4-1-20250805 gives at most 32000 tokens in one reply. Lower it to 32000 or less.",
    ],
    [
      { model: "claude-opus-4-7", messages: [user, { role: "system", content: "Be brief." }] },
      "messages.1",
      'messages.1 has role "system", which claude-opus-4-7 does not take inside `messages`. Put its text into the top-level `system`, or into a user message.',
    ],
    [
      { model: "claude-opus-5", temperature: 0.2, anthropic_version: "2023-06-01" },
      "temperature",
      "`temperature` is 0.2, and claude-opus-5 takes none but its default. Leave it out, and say in the prompt how free the answer may be.",
    ],
    [
      { model: "claude-opus-4-6", temperature: 0.2, top_p: 0.9, anthropic_version: "2023-06-01" },
      "top_p",
      "`temperature` 0.2 and `top_p` 0.9 are not taken together by claude-opus-4-6. Leave one of them out.",
    ],
    [
      { model: "claude-sonnet-4-5", inference_geo: "us" },
      "inference_geo",
      '`inference_geo` "us" is not taken by claude-sonnet-4-5. Leave it out, or use a model of Claude 4.6 or later.',
    ],
  ])("%j", (settings, path, message) => {
    const error = check(settings);
    expect(error).toMatchObject({ code: "unsupported_by_model", retryable: false, message: `Nothing was sent. ${message}` });
    expect(error?.details).toEqual({ model: settings.model, parameters: [{ path, message }] });
  });

  test("all of them at once", () => {
    const error = check(
      { model: "claude-opus-4-7", max_tokens: 1_000_000, thinking: { type: "enabled" }, output_config: { effort: "warp" } },
      { outputTokensMax: 128_000 },
    );
    expect((error!.details.parameters as { path: string }[]).map(({ path }) => path).toSorted()).toEqual([
      "max_tokens",
      "output_config.effort",
      "thinking.type",
    ]);
  });

  test("what only the Models API tells", () => {
    expect(check({ model: "mystery-1" }, { lifecycle: "retired" })?.message).toBe(
      "Nothing was sent. mystery-1 is retired and answers no more. Set `model` to another.",
    );
    expect(check({ model: "mystery-1" }, { lifecycle: "deprecated" })).toBeUndefined();
    const format = { type: "json_schema", schema: {} };
    expect(check({ model: "mystery-1", output_config: { format } }, { structuredOutputs: false })?.message).toContain(
      "Leave it out and ask for the form in the prompt",
    );
    expect(
      check({ model: "mystery-1", messages: [{ role: "assistant", content: "{" }] }, { prefill: false, structuredOutputs: false })?.message,
    ).not.toContain("structured outputs");
  });
});

describe("nothing is said", () => {
  test("of what the model takes", () => {
    expect(
      check({ model: "claude-sonnet-5-5", max_tokens: 128_000, thinking: { type: "between_tools" }, tool_choice: { type: "auto" } }),
    ).toBeUndefined();
    expect(
      check({
        model: "claude-sonnet-4-5",
        messages: [
          { role: "user", content: "Hello" },
          { role: "assistant", content: "{" },
        ],
      }),
    ).toBeUndefined();
  });

  test("of a way to think that nobody has heard of: a newer API may know it", () => {
    expect(check({ model: "claude-opus-5", thinking: { type: "tomorrow" } })).toBeUndefined();
  });

  test("of what was also seen accepted", () => {
    const body = { model: "claude-opus-4-7", thinking: { type: "enabled" } };
    const facts = modelFacts(body.model);
    const [violation] = validateRequest(body, { model: facts! }).filter(({ rule }) => rule === "thinking-enabled-unsupported");
    expect(unsupportedByModel(body, facts, [violation!])?.code).toBe("unsupported_by_model");
    expect(unsupportedByModel(body, facts, [{ ...violation!, contested: true }])).toBeUndefined();
  });

  test("of the other rules of the API, which are not the model's", () => {
    expect(check({ model: "claude-sonnet-5-5", messages: [], max_tokens: "many", tools: 7 })).toBeUndefined();
  });

  test("of a model that nobody knows, whatever is asked of it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...EXAMPLES), ({ body }) => {
        expect(checkSettings({ ...(body as object), model: "mystery-1" }, modelFacts("mystery-1"))).toBeUndefined();
      }),
    );
  });
});

describe("the rules know what is rejected, the remedies what to do", () => {
  // Rules that ask about the model without asking whether it takes something at all.
  const OF_CONTENT = [
    "prefill-trailing-whitespace",
    "prefill-before-thinking",
    "prefill-with-format",
    "system-message-misplaced",
    "images-too-many",
  ];
  const cases = EXAMPLES.map(({ rule, body, options }) => ({ rule, body: body as { model?: string }, options }));
  const modelRules = new Set(
    cases.flatMap(({ rule, body, options }) =>
      validateRequest(body, { ...options, model: null }).some((violation) => violation.rule === rule) ? [] : [rule],
    ),
  );

  test("every rule that goes with the model has a remedy, and every remedy a rule", () => {
    expect([...modelRules].toSorted()).toEqual([...Object.keys(REMEDIES), ...OF_CONTENT].toSorted());
  });

  test("each example of such a rule is an error, each near miss of it none", () => {
    const bad = cases.filter(({ rule }) => Object.hasOwn(REMEDIES, rule));
    expect(bad.length).toBeGreaterThan(10);
    for (const { body, options } of bad)
      expect(checkSettings(body, options?.model ?? modelFacts(body.model!))?.code).toBe("unsupported_by_model");
    for (const { rule, body, options } of NEAR_MISSES.filter((miss) => Object.hasOwn(REMEDIES, miss.rule))) {
      const facts = options?.model ?? modelFacts((body as { model: string }).model);
      expect([rule, checkSettings(body as object, facts)]).toEqual([rule, undefined]);
    }
  });

  test("violations that are there already say the same", () => {
    for (const { body, options } of cases) {
      const facts = options?.model ?? (typeof body?.model === "string" ? modelFacts(body.model) : undefined);
      if (typeof body !== "object" || body === null) continue;
      const again = unsupportedByModel(body, facts, validateRequest(body, { model: facts ?? null }));
      expect(again?.message).toBe(checkSettings(body, facts)?.message);
    }
  });
});

test("a budget over `max_tokens` is taken where thinking goes on between tool calls, and below it anyway", () => {
  const thinking = { type: "enabled", budget_tokens: 4096 };
  expect(check({ model: "claude-haiku-4-5", thinking, betas: ["interleaved-thinking-2025-05-14"] })).toBeUndefined();
  expect(check({ model: "claude-haiku-4-5", thinking, max_tokens: 4097 })).toBeUndefined();
  expect(check({ model: "somebody-elses-model", thinking })).toBeUndefined();
});
