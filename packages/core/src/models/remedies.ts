import type { ModelFacts, ThinkingType } from "./model-facts.ts";
import { quoted } from "../quoted.ts";

/** What a remedy is worded from. */
export interface Unsupported {
  /** The model as the body names it. */
  readonly model: string;
  readonly facts: ModelFacts;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where in the body: `messages.3`, `thinking.type`. */
  readonly path: string;
}

/**
 * By rule of `validateRequest`, what a person is told whose request asks a model for something that it does not take: which
 * value, and what to do. What is rejected is the rules' knowledge alone; a test finds the rule that has no remedy here.
 */
export const REMEDIES: Readonly<Record<string, (unsupported: Unsupported) => string>> = {
  "prefill-unsupported": ({ model, facts, path }) =>
    `The request ends in an assistant message (${path}), and ${model} takes no prefill. End it with a user message; ${ownForm(facts)}.`,
  "thinking-enabled-unsupported": thinkingType,
  "thinking-adaptive-unsupported": thinkingType,
  "thinking-disabled-unsupported": thinkingType,
  "thinking-disabled-with-effort": ({ model, facts, body }) =>
    `\`thinking.type\` "disabled" is not taken by ${model} at \`output_config.effort\` ${quoted(fieldsOf(body.output_config).effort)}. ` +
    `Set the effort to ${oneOf(facts.thinkingDisabledEfforts ?? [])}, or leave \`thinking\` out.`,
  "effort-unsupported": ({ model, facts, body }) => {
    const levels = facts.effortLevels ?? [];
    const instead = levels.length > 0 ? `Use ${oneOf(levels)}, or leave it out.` : "Leave it out.";
    return `\`output_config.effort\` ${quoted(fieldsOf(body.output_config).effort)} is not taken by ${model}. ${instead}`;
  },
  "tool-choice-forced-unsupported": ({ model, facts, body }) =>
    `\`tool_choice\` ${quoted(body.tool_choice)} forces a tool, which ${model} does not take. Use { type: "auto" } and ask for the tool in words; ${ownForm(facts)}.`,
  "max-tokens-over-cap": ({ model, facts, body }) =>
    `\`max_tokens\` is ${quoted(body.max_tokens)}, and ${model} gives at most ${facts.outputTokensMax} tokens in one reply. Lower it to ${facts.outputTokensMax} or less.`,
  "system-message-unsupported": ({ model, path }) =>
    `${path} has role "system", which ${model} does not take inside \`messages\`. Put its text into the top-level \`system\`, or into a user message.`,
  "temperature-deprecated": ({ model, body }) =>
    `\`temperature\` is ${quoted(body.temperature)}, and ${model} takes none but its default. Leave it out, and say in the prompt how free the answer may be.`,
  "temperature-with-top-p": ({ model, body }) =>
    `\`temperature\` ${quoted(body.temperature)} and \`top_p\` ${quoted(body.top_p)} are not taken together by ${model}. Leave one of them out.`,
  "inference-geo-unsupported": ({ model, body }) =>
    `\`inference_geo\` ${quoted(body.inference_geo)} is not taken by ${model}. Leave it out, or use a model of Claude 4.6 or later.`,
};

/** For every value of `thinking.type` that the model does not take. */
export function thinkingType({ model, facts, body }: Unsupported): string {
  const { type } = fieldsOf(body.thinking);
  const others = facts.thinkingTypes ?? [];
  const left =
    facts.thinkingDefault === undefined
      ? ""
      : facts.thinkingDefault === "on"
        ? ": the model then thinks"
        : ": the model then does not think";
  return `\`thinking.type\` ${quoted(type)} is not taken by ${model}. Use ${oneOf(others)}${hint(type, others)}, or leave \`thinking\` out${left}.`;
}

/** How much a model thinks without a budget, and how little without `disabled`. */
function hint(type: unknown, others: readonly ThinkingType[]): string {
  if (type === "enabled" && others.includes("adaptive")) return ", with `output_config.effort` in place of the budget";
  return type === "disabled" && others.includes("adaptive") && !others.includes("between_tools")
    ? ", with a low `output_config.effort`"
    : "";
}

/** The way to an answer of a given form, for those who wanted to force one. */
function ownForm(facts: ModelFacts): string {
  if (facts.structuredOutputs === false) return "ask for the form of the answer in the prompt";
  return "for an answer of a given form use structured outputs (`output_config.format`)";
}

export function oneOf(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(" or ");
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
