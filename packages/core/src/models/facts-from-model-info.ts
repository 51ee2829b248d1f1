import type { EffortLevel, KnownFacts, Lifecycle, ThinkingType } from "./model-facts.ts";

/**
 * What an answer of the Models API says of its model, in the words of the local table. Reads any value: other servers answer
 * this address too, so that what is missing, null or of another shape is not a fact, and nothing throws.
 * Source: `ModelInfo` of `@anthropic-ai/sdk` 1.12.0. Prefill, system messages, forced tool choice and the binding of thinking are not in it.
 */
export function factsFromModelInfo(info: unknown): KnownFacts {
  const { max_input_tokens, max_tokens, lifecycle, retires_at, capabilities } = fieldsOf(info);
  const { effort, thinking, structured_outputs } = fieldsOf(capabilities);
  return compact({
    contextWindowTokens: count(max_input_tokens),
    outputTokensMax: count(max_tokens),
    lifecycle: LIFECYCLES.find((stage) => stage === lifecycle),
    retiresAt: typeof retires_at === "string" ? retires_at : undefined,
    structuredOutputs: supported(structured_outputs),
    effortLevels: effortLevels(effort),
    ...thinkingFacts(thinking),
  });
}

const LIFECYCLES: readonly Lifecycle[] = ["active", "deprecated", "retired"];
const EFFORT_LEVELS: readonly EffortLevel[] = ["low", "medium", "high", "xhigh", "max"];
const THINKING_TYPES: readonly ThinkingType[] = ["adaptive", "enabled", "disabled", "between_tools"];

/** The levels that are taken; none where the parameter is not. */
function effortLevels(effort: unknown): readonly EffortLevel[] | undefined {
  const takesEffort = supported(effort);
  if (takesEffort !== true) return takesEffort === false ? [] : undefined;
  const levels = EFFORT_LEVELS.filter((level) => supported(fieldsOf(effort)[level]) === true);
  // Supported at no level at all is no statement.
  return levels.length > 0 ? levels : undefined;
}

/** "False exactly when a request that sends it gets a 400": so every key has to be there before a type is missing for good. */
function thinkingFacts(thinking: unknown): KnownFacts {
  const types = fieldsOf(fieldsOf(thinking).types);
  const accepted = THINKING_TYPES.filter((type) => supported(types[type]) === true);
  if (accepted.length === 0 || THINKING_TYPES.some((type) => supported(types[type]) === undefined)) return {};
  const thinks = supported(thinking) !== false;
  // `between_tools` is a way to turn thinking off too.
  const offTypes: readonly ThinkingType[] = ["disabled", "between_tools"];
  return { thinkingTypes: accepted, thinkingAlwaysOn: thinks && !offTypes.some((type) => accepted.includes(type)) };
}

/** The API's `{ supported }`; undefined where it says nothing. */
function supported(capability: unknown): boolean | undefined {
  const { supported: value } = fieldsOf(capability);
  return typeof value === "boolean" ? value : undefined;
}

/** A number of tokens; zero and null mean that the API does not know. */
function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function compact(facts: { readonly [Name in keyof KnownFacts]: KnownFacts[Name] | undefined }): KnownFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
