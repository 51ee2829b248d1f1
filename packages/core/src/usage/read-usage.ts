/** Tokens of one sampling, by the rate at which they are billed. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** Written to the cache for a time that the API did not say. */
  readonly cacheWrite: number;
}

/** Tokens that one model processed for a request: its own, or those of a compaction, an advisor, a fallback. */
export interface UsagePart extends TokenCounts {
  /** `message`, `compaction`, `advisor_message`, `fallback_message`, or what comes one day. */
  readonly type: string;
  /** Undefined where it is the model of the reply. */
  readonly model: string | undefined;
}

/** One request's `usage`, read. */
export interface RequestUsage {
  /** Disjoint: their sum is everything that was processed. */
  readonly parts: readonly UsagePart[];
  /** Of the output, for information. */
  readonly thinkingTokens: number;
  /** Uses of server tools, by the API's counters: `web_search_requests`. Zeros are left out. */
  readonly serverTools: Readonly<Record<string, number>>;
  /** `standard`, `batch`, `priority`; undefined where the API did not say. */
  readonly serviceTier: string | undefined;
  /** `standard`, `fast`. */
  readonly speed: string | undefined;
  readonly inferenceGeo: string | undefined;
  /** Whether a fallback credit was redeemed: the request is then billed otherwise than its counts say. */
  readonly credited: boolean;
}

/**
 * Reads a `usage` object of the API, general or beta, whole or cut off, or any other value: what is not there counts as zero.
 *
 * The top-level counts sum the request's own samplings; compaction and advisor samplings are in `iterations` alone. Source:
 * `BetaUsage` of `@anthropic-ai/sdk` 1.12.0, the compaction and advisor tool documentation, and every recorded reply.
 */
export function readUsage(usage: unknown): RequestUsage {
  const fields = fieldsOf(usage);
  const { server_tool_use, service_tier, speed, inference_geo, output_tokens_details, fallback_credit } = fields;
  return {
    parts: partsOf(fields),
    thinkingTokens: count(fieldsOf(output_tokens_details).thinking_tokens),
    serverTools: Object.fromEntries(
      Object.entries(fieldsOf(server_tool_use)).flatMap(([name, uses]) => (count(uses) > 0 ? [[name, count(uses)]] : [])),
    ),
    serviceTier: word(service_tier),
    speed: word(speed),
    inferenceGeo: word(inference_geo),
    credited: fieldsOf(fieldsOf(fallback_credit).status).type === "redeemed",
  };
}

/** The iterations where they account for all that the top level says, else the top level and what is beside it. */
function partsOf(fields: Fields): readonly UsagePart[] {
  const iterations = (Array.isArray(fields.iterations) ? fields.iterations : []).map((iteration) =>
    partOf(fieldsOf(iteration), word(fieldsOf(iteration).type) ?? "message"),
  );
  const top = partOf(fields, "message");
  const own = iterations.filter(({ type }) => !BESIDE.has(type));
  if (own.length > 0 && COUNTED.every((of) => of(top) <= own.reduce((sum, part) => sum + of(part), 0))) return iterations;
  return [{ ...top, model: undefined }, ...iterations.filter(({ type }) => BESIDE.has(type))];
}

/** Iterations that are not in the top-level counts. */
const BESIDE: ReadonlySet<string> = new Set(["compaction", "advisor_message"]);

/** What a top level and its iterations are compared by. */
const COUNTED: readonly ((part: TokenCounts) => number)[] = [
  ({ input }) => input,
  ({ output }) => output,
  ({ cacheRead }) => cacheRead,
  ({ cacheWrite5m, cacheWrite1h, cacheWrite }) => cacheWrite5m + cacheWrite1h + cacheWrite,
];

function partOf(fields: Fields, type: string): UsagePart {
  const { ephemeral_5m_input_tokens, ephemeral_1h_input_tokens } = fieldsOf(fields.cache_creation);
  const cacheWrite5m = count(ephemeral_5m_input_tokens);
  const cacheWrite1h = count(ephemeral_1h_input_tokens);
  return {
    type,
    model: word(fields.model),
    input: count(fields.input_tokens),
    output: count(fields.output_tokens),
    cacheRead: count(fields.cache_read_input_tokens),
    cacheWrite5m,
    cacheWrite1h,
    // A stream counts on in its last event, which has no split: what the split does not cover has no known lifetime.
    cacheWrite: Math.max(0, count(fields.cache_creation_input_tokens) - cacheWrite5m - cacheWrite1h),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function word(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
