import type Anthropic from "@anthropic-ai/sdk";
import type { Entry } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { settingsInForce } from "../request/boundaries.ts";
import { type Projection, project, type ProjectOptions } from "../request/project.ts";
import { ProjectionMemory } from "../request/projection-memory.ts";
import type { RequestMessage } from "../request/request-body.ts";
import type { Failure } from "../stop/outcome.ts";
import { failedOutcome } from "../turn/failure.ts";
import { counterOf, type MessagesClient } from "../turn/messages-client.ts";
import { readUsage } from "../usage/read-usage.ts";
import { flatParts, ownRequests, type Part } from "./own-requests.ts";
import { mediaTokens, saidBytes } from "./request-bytes.ts";

/** How many input tokens the next request has; behind a reply, with a question of one character at its end. */
export interface TokenCount {
  readonly tokens: number;
  /** Whether the API counted. */
  readonly exact: boolean;
  /** How far off `tokens` may be, either way: half of what was estimated by its size. 0 where the API counted. */
  readonly margin: number;
  /** Why the API, though asked, has not counted. */
  readonly failure?: Failure;
}

/** Counts the next requests of one branch. What the API counted it is not asked again, for as long as the request stays the same. */
export class TokenCounter {
  readonly #client: MessagesClient;
  readonly #projecting: ProjectOptions;
  /** As the next request is made, and as those of earlier replies were: each path grows on its own. */
  readonly #ownProjecting: ProjectOptions;
  readonly #counted = new Map<string, number>();

  constructor(client: MessagesClient, projecting: ProjectOptions) {
    this.#client = client;
    this.#projecting = { ...projecting, caching: "off", memory: new ProjectionMemory() };
    this.#ownProjecting = { ...projecting, memory: new ProjectionMemory() };
  }

  /** The API's count; an estimate where the client has no `countTokens`, the API gives none, or nothing was said yet. */
  async count(path: readonly Entry[], signal?: AbortSignal): Promise<TokenCount> {
    const projection = project(path, this.#projecting);
    const counter = counterOf(this.#client);
    if (counter === undefined || projection.body.messages.length === 0) return estimate(path, projection, this.#ownProjecting);
    const body = countable(projection, counter.isBeta);
    const key = JSON.stringify([projection.prefixHash, { ...body, system: 0, tools: 0, messages: 0 }]);
    const known = this.#counted.get(key);
    if (known !== undefined) return exactly(known);
    try {
      const tokens = await counter.count(body, signal);
      if (this.#counted.size >= COUNTS_MAX) this.#counted.delete(this.#counted.keys().next().value!);
      this.#counted.set(key, tokens);
      return exactly(tokens);
    } catch (error) {
      signal?.throwIfAborted();
      const outcome = failedOutcome(error);
      return { ...estimate(path, projection, this.#ownProjecting), ...(outcome.type === "failed" && { failure: outcome.failure }) };
    }
  }

  /** Whether the next request has more than so many tokens. The API is asked only where an estimate cannot tell. */
  async exceeds(path: readonly Entry[], tokens: number, signal?: AbortSignal): Promise<boolean> {
    const about = estimate(path, project(path, this.#projecting), this.#ownProjecting);
    if (about.tokens + about.margin <= tokens) return false;
    if (about.tokens - about.margin > tokens) return true;
    return (await this.count(path, signal)).tokens > tokens;
  }
}

/** Counts that are kept: those of a search for a cut, and of some turns. */
const COUNTS_MAX = 64;

function exactly(tokens: number): TokenCount {
  return { tokens, exact: true, margin: 0 };
}

/** The parameters that the counting endpoints of SDK 1.12.0 take, beside `messages`. */
const COUNTABLE = [
  "model",
  "system",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "speed",
] as const satisfies readonly (keyof Anthropic.MessageCountTokensParams)[];
const BETA_COUNTABLE = [
  ...COUNTABLE,
  "betas",
  "context_management",
  "mcp_servers",
] as const satisfies readonly (keyof Anthropic.Beta.MessageCountTokensParams)[];

function countable({ body }: Projection, isBeta: boolean): Partial<Settings> & Pick<Projection["body"], "messages"> {
  const fields = (isBeta ? BETA_COUNTABLE : COUNTABLE).filter((field) => body[field] !== undefined);
  return { ...Object.fromEntries(fields.map((field) => [field, body[field]])), messages: askable(body.messages) };
}

/** Most models take no request that ends in a reply: behind one, the shortest question is counted along. */
function askable(messages: readonly RequestMessage[]): readonly RequestMessage[] {
  if (messages.at(-1)?.role !== "assistant") return messages;
  return [...messages, { role: "user", content: [{ type: "text", text: "?" }] }];
}

/**
 * What the last reply reported of its own request and itself, and the size of what came since; where it tells of another request, the
 * size of all, at the rate that its own request had.
 */
function estimate(path: readonly Entry[], { body }: Projection, options: ProjectOptions): TokenCount {
  const parts = flatParts(body.messages);
  for (const { entry, length } of ownRequests(path, { ...options, parts, settings: body })) {
    const reported = tokensOf(entry.reply.usage);
    if (reported === undefined) continue;
    const said = new Set(entry.content);
    const since = parts.slice(length).filter(({ block }) => !said.has(block));
    const isWhole = parts.length - length - since.length === said.size;
    const rest = isWhole ? since : parts.slice(length);
    const bySize =
      rest.length === 0
        ? 0
        : tokensBySize(blocksOf(rest), bytesPerToken(reported.input, [body.system, body.tools, blocksOf(parts.slice(0, length))]));
    return { tokens: reported.input + (isWhole ? reported.output : 0) + bySize, exact: false, margin: Math.ceil(bySize / 2) };
  }
  const tokens = tokensBySize([body.system, body.tools, blocksOf(parts)], lastRate(path, options));
  return { tokens, exact: false, margin: Math.ceil(tokens / 2) };
}

function blocksOf(parts: readonly Part[]): readonly ContentBlock[] {
  return parts.map(({ block }) => block);
}

/** Bytes for a token where no reply of the path has told. "approximately represents 3.5 English characters" (glossary of the documentation). */
const BYTES_PER_TOKEN = 3.5;

function tokensBySize(value: unknown, rate: number): number {
  return Math.ceil(saidBytes(value) / rate) + mediaTokens(value);
}

/** What the last reply that reported a usage tells of its request, whatever became of that. */
function lastRate(path: readonly Entry[], options: ProjectOptions): number {
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const entry = path[at]!;
    const reported = entry.kind === "message" ? tokensOf(entry.reply?.usage) : undefined;
    if (reported === undefined || settingsInForce(path.slice(0, at))?.model !== settingsInForce(path)?.model) continue;
    const { body } = project(path.slice(0, at), { ...options, caching: "off" });
    return bytesPerToken(reported.input, [body.system, body.tools, blocksOf(flatParts(body.messages))]);
  }
  return BYTES_PER_TOKEN;
}

/** The rate of a request whose tokens are known, within what text can have: what stands beside its text is not seen from here. */
function bytesPerToken(tokens: number, request: readonly unknown[]): number {
  const rate = saidBytes(request) / Math.max(1, tokens - mediaTokens(request));
  return Math.min(5, Math.max(1, rate));
}

interface Reported {
  readonly input: number;
  readonly output: number;
}

/** The size of a reply's request and of itself: of its last sampling, where there were several. Source: `BetaIterationsUsage` of SDK 1.12.0. */
function tokensOf(usage: unknown): Reported | undefined {
  const last = readUsage(usage).parts.findLast(({ type }) => type === "message");
  if (last === undefined) return undefined;
  const input = last.input + last.cacheRead + last.cacheWrite5m + last.cacheWrite1h + last.cacheWrite;
  return input > 0 ? { input, output: last.output } : undefined;
}
