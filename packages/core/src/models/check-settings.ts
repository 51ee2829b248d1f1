import { AntiphonError } from "../errors.ts";
import { validateRequest, type Violation } from "../request/validate-request.ts";
import type { ModelFacts } from "./model-facts.ts";
import { fieldsOf, REMEDIES, thinkingType, type Unsupported } from "./remedies.ts";
import { quoted } from "../quoted.ts";

/** One thing that a model does not take. */
export interface UnsupportedParameter {
  /** `thinking.type`, `messages.3`. */
  readonly path: string;
  /** Which value, and what to do. */
  readonly message: string;
}

/**
 * What a model does not take of these settings, or of a whole request: an error of code `unsupported_by_model` that names each
 * value and what to do, with `details.model` and `details.parameters`; undefined where all is taken as far as is known. A
 * model of which nothing is known takes everything. Pure; costs a `validateRequest`.
 */
export function checkSettings(settings: object, facts: ModelFacts | undefined): AntiphonError | undefined {
  if (facts === undefined) return undefined;
  return unsupportedByModel(settings, facts, validateRequest(settings, { model: facts }));
}

/** Refuses settings that their model does not take. Errors: `unsupported_by_model`. */
export function requireSupported(settings: object, facts: ModelFacts | undefined): void {
  const unsupported = checkSettings(settings, facts);
  if (unsupported !== undefined) throw unsupported;
}

/** The same for a body whose violations, by the same facts, are there already. Costs nothing but their number. */
export function unsupportedByModel(
  body: object,
  facts: ModelFacts | undefined,
  violations: readonly Violation[],
): AntiphonError | undefined {
  if (facts === undefined) return undefined;
  const parameters = [...fromRules(body, facts, violations), ...fromFacts(body, facts)];
  const distinct = parameters.filter(({ path }, at) => parameters.findIndex((other) => other.path === path) === at);
  if (distinct.length === 0) return undefined;
  const message = `Nothing was sent. ${distinct.map((parameter) => parameter.message).join(" ")}`;
  return new AntiphonError("unsupported_by_model", message, { details: { model: modelOf(body, facts), parameters: distinct } });
}

function fromRules(body: object, facts: ModelFacts, violations: readonly Violation[]): UnsupportedParameter[] {
  return violations.flatMap(({ rule, path, contested }) => {
    const remedy = Object.hasOwn(REMEDIES, rule) ? REMEDIES[rule] : undefined;
    return remedy === undefined || contested === true ? [] : [{ path, message: remedy(about(body, facts, path)) }];
  });
}

/** What no rule asks about yet, because only the Models API tells it. */
function fromFacts(body: object, facts: ModelFacts): UnsupportedParameter[] {
  const { thinking, output_config } = fieldsOf(body);
  const { type } = fieldsOf(thinking);
  const { format } = fieldsOf(output_config);
  const found: UnsupportedParameter[] = [];
  const model = modelOf(body, facts);
  if (type === "between_tools" && facts.thinkingTypes?.includes(type) === false)
    found.push({ path: "thinking.type", message: thinkingType(about(body, facts, "thinking.type")) });
  const budget = budgetOver(body);
  if (budget !== undefined && facts.thinkingTypes?.includes("enabled") === true) {
    const message = `\`thinking.budget_tokens\` ${budget.tokens} is not below \`max_tokens\` ${budget.max}. Set a smaller budget, or more \`max_tokens\`.`;
    found.push({ path: "thinking.budget_tokens", message });
  }
  if (facts.structuredOutputs === false && format !== undefined && format !== null) {
    const message = `\`output_config.format\` ${quoted(format)} is not taken by ${model}. Leave it out and ask for the form in the prompt, or use another model.`;
    found.push({ path: "output_config.format", message });
  }
  if (facts.lifecycle === "retired")
    found.push({ path: "model", message: `${model} is retired and answers no more. Set \`model\` to another.` });
  return found;
}

/** A budget that leaves no room for an answer. Thinking between tool calls may have more, which a beta switches on. Source: extended thinking documentation. */
function budgetOver(body: object): { readonly tokens: number; readonly max: number } | undefined {
  const { thinking, max_tokens: max, betas } = fieldsOf(body);
  const { type, budget_tokens: tokens } = fieldsOf(thinking);
  if (type !== "enabled" || typeof tokens !== "number" || typeof max !== "number" || tokens < max) return undefined;
  const isInterleaved = Array.isArray(betas) && betas.some((beta) => String(beta).startsWith("interleaved-thinking"));
  return isInterleaved ? undefined : { tokens, max };
}

function about(body: object, facts: ModelFacts, path: string): Unsupported {
  return { model: modelOf(body, facts), facts, body: fieldsOf(body), path };
}

function modelOf(body: object, facts: ModelFacts): string {
  const { model } = fieldsOf(body);
  return typeof model === "string" ? model : facts.id;
}
