import { REQUEST_SOURCES } from "./statements/requests.ts";
import { SIZE_SOURCES } from "./statements/sizes.ts";
import { THINKING_SOURCES } from "./statements/thinking.ts";

export type ThinkingType = "adaptive" | "enabled" | "disabled" | "between_tools";
export type EffortLevel = "low" | "medium" | "high" | "xhigh" | "max";
export type Lifecycle = "active" | "deprecated" | "retired";

/** What is known of a model, each fact as its source says it. A fact that nobody published is absent, never guessed. */
export interface KnownFacts {
  /** Whether a request may end with an assistant message for the model to go on with. */
  readonly prefill?: boolean;
  /** The values of `thinking.type` that are accepted. */
  readonly thinkingTypes?: readonly ThinkingType[];
  /** Whether the model thinks when `thinking` is not set. */
  readonly thinkingDefault?: "on" | "off";
  /** Whether thinking cannot be turned off. */
  readonly thinkingAlwaysOn?: boolean;
  /** What `thinking.display` is when it is not set: `omitted` gives thinking blocks with empty text. */
  readonly thinkingDisplayDefault?: "omitted" | "summarized";
  /** The effort levels at which `thinking.type: "disabled"` is accepted, where not at all of them. */
  readonly thinkingDisabledEfforts?: readonly EffortLevel[];
  /** Whether a thinking block is bound to `system`, `tools` and every earlier message. */
  readonly boundThinking?: boolean;
  /** Whether `messages` may hold messages of role `system`. */
  readonly systemMessages?: boolean;
  /** Whether `tool_choice` may be `any` or `tool`. */
  readonly forcedToolChoice?: boolean;
  /** `temperature`, `top_p`, `top_k`: all taken, one of the first two at a time, or none but the defaults. */
  readonly sampling?: "one-of" | "none";
  /** Whether `inference_geo` is taken. */
  readonly inferenceGeo?: boolean;
  /** The values of `output_config.effort` that are accepted; none where the parameter is not supported. */
  readonly effortLevels?: readonly EffortLevel[];
  readonly effortDefault?: EffortLevel;
  /** Tokens of input and output together. */
  readonly contextWindowTokens?: number;
  /** The largest `max_tokens`. */
  readonly outputTokensMax?: number;
  /** The shortest prefix that is cached, in tokens; a shorter one is processed without caching and without an error. */
  readonly cacheTokensMin?: number;
  /** Whether `output_config.format` is taken. */
  readonly structuredOutputs?: boolean;
  /** A deprecated model still answers; requests to a retired one fail. */
  readonly lifecycle?: Lifecycle;
  /** When a deprecated model is to be retired, as the API writes it (RFC 3339). */
  readonly retiresAt?: string;
}

export type FactName = keyof KnownFacts;

/** What is known of one model, each fact with its source. A fact that is absent is not known, and nothing is checked by it. */
export interface ModelFacts extends KnownFacts {
  /** The family that the id was resolved to: `claude-sonnet-4-5` for any snapshot or platform spelling of it. */
  readonly id: string;
  /** Where each fact comes from, and when it was read. `caller` for an override that names no source. */
  readonly sources: Readonly<Partial<Record<FactName, string>>>;
}

/**
 * What this package knows of a model, by any of its ids: alias, dated snapshot, Bedrock or Vertex spelling. Undefined
 * for an id it does not know, unless `overrides` says something of it: other servers speak this API too, and their
 * models get no rules of ours. `overrides` wins over the table, for example with what the Models API reports; `source`
 * says where they come from.
 */
export function modelFacts(modelId: string, overrides?: KnownFacts, source = "caller"): ModelFacts | undefined {
  const id = modelFamily(modelId);
  const known = TABLE.get(id);
  if (overrides === undefined) return known;
  const sources = { ...known?.sources };
  for (const name of Object.keys(overrides) as FactName[]) sources[name] = source;
  return Object.freeze({ ...known, ...overrides, id, sources: Object.freeze(sources) });
}

/** The family of a model id: the id without the platform's prefix, the snapshot's date and the platform's version. */
export function modelFamily(modelId: string): string {
  return modelId
    .replace(/^arn:[^/]*\//, "")
    .replace(/^(?:[a-z]+\.)?anthropic\./, "")
    .replace(/@.*$/, "")
    .replace(/-v\d+(?::\d+)?$/, "")
    .replace(/-(?:\d{8}|latest)$/, "")
    .replace(/^(claude-(?:sonnet|opus)-4)-0$/, "$1");
}

/** Every family in the table, in the order in which the table first names it. */
export function knownModels(): readonly string[] {
  return [...TABLE.keys()];
}

const TABLE = foldStatements();

/** One row per family. A statement wins over the ones before it. */
function foldStatements(): ReadonlyMap<string, ModelFacts> {
  const rows = new Map<string, { values: Record<string, unknown>; sources: Partial<Record<FactName, string>> }>();
  for (const { source, read, says } of [...REQUEST_SOURCES, ...THINKING_SOURCES, ...SIZE_SOURCES]) {
    for (const { models, facts, words } of says) {
      for (const id of models) {
        const row = rows.get(id) ?? { values: {}, sources: {} };
        rows.set(id, row);
        Object.assign(row.values, facts);
        for (const name of Object.keys(facts) as FactName[]) row.sources[name] = `${source} (${read}): ${words}`;
      }
    }
  }
  const table = [...rows].map(([id, { values, sources }]): [string, ModelFacts] => {
    return [id, Object.freeze({ ...(values as KnownFacts), id, sources: Object.freeze(sources) })];
  });
  return new Map(table);
}
