import { type Environment, systemEnvironment } from "../environment.ts";
import { factsFromModelInfo } from "./facts-from-model-info.ts";
import { type KnownFacts, type ModelFacts, modelFacts, modelFamily } from "./model-facts.ts";

/** Where the engine asks what a model accepts. Never waits and never throws; undefined for a model of which nothing is known. */
export interface ModelSource {
  facts(modelId: string): ModelFacts | undefined;
}

/** The local table alone: no network, the same answer always. */
export const MODEL_TABLE: ModelSource = Object.freeze({ facts: (modelId: string) => modelFacts(modelId) });

/** The part of an SDK client that the catalog uses. Bedrock and Vertex clients do not have it: the table is then all there is. */
export interface ModelsClient {
  // The SDK's overloads differ between clients and copies; what comes back may be anything.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly models?: { list(params?: any, options?: any): any } | undefined;
}

/** What a catalog asks, and by which clock. */
export interface ModelCatalogOptions {
  readonly client: ModelsClient;
  /** Clock and timers, for tests. */
  readonly environment?: Pick<Environment, "now" | "after">;
}

/** Milliseconds for which an answer of the Models API counts as fresh. An older one stays in use until a newer one is there. */
export const CATALOG_LIFETIME_MS = 24 * 60 * 60_000;

/** Milliseconds after a failure before the API is asked again. */
const RETRY_MS = 5 * 60_000;
/** Milliseconds that one listing may take. */
const TIMEOUT_MS = 10_000;
const MODELS_MAX = 1000;

/**
 * The local table with what the Models API says over it. The API is asked once, when the first model is asked about, and
 * again when the answer is older than {@link CATALOG_LIFETIME_MS}. Nobody waits for it: until it has answered, and where it cannot
 * (no network, a server or a client without the Models API), the table's facts are the answer.
 */
export class ModelCatalog implements ModelSource {
  readonly #client: ModelsClient;
  readonly #environment: Pick<Environment, "now" | "after">;
  #reported: ReadonlyMap<string, Reported> = new Map();
  #askAgainAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #stop = new AbortController();

  constructor(options: ModelCatalogOptions) {
    this.#client = options.client;
    this.#environment = options.environment ?? systemEnvironment;
  }

  /** What is known of a model right now. Begins to ask the Models API where its answer is missing or old. */
  facts(modelId: string): ModelFacts | undefined {
    if (this.#environment.now() >= this.#askAgainAt) void this.refresh();
    const reported = this.#reported.get(modelId) ?? this.#reported.get(modelFamily(modelId));
    return modelFacts(modelId, reported?.facts, reported?.source);
  }

  /** Asks the Models API now, or joins who is asking. Resolves when it has answered or failed, within 10 seconds; never rejects. */
  refresh(): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Calls off what is under way, and asks no more. What is known stays known. */
  stop(): void {
    this.#stop.abort();
  }

  async #ask(): Promise<void> {
    const now = this.#environment.now();
    const deadline = new AbortController();
    const callOff = this.#environment.after(TIMEOUT_MS, () => deadline.abort());
    const signal = AbortSignal.any([deadline.signal, this.#stop.signal]);
    try {
      this.#reported = await Promise.race([listModels(this.#client, signal, now), whenAborted(signal)]);
      this.#askAgainAt = now + CATALOG_LIFETIME_MS;
    } catch {
      // Whatever went wrong, the facts that are there stay, and no turn hears of it.
      this.#askAgainAt = now + RETRY_MS;
    } finally {
      callOff();
    }
  }
}

interface Reported {
  readonly facts: KnownFacts;
  readonly source: string;
}

/** By id and by family. The API lists the newest first: of several snapshots of a family the newest speaks for its alias. */
async function listModels({ models }: ModelsClient, signal: AbortSignal, now: number): Promise<ReadonlyMap<string, Reported>> {
  if (models === undefined) throw new Error("the client has no Models API");
  const reported = new Map<string, Reported>();
  const source = `Models API (${new Date(now).toISOString().slice(0, 10)})`;
  const listed: unknown = models.list({ limit: MODELS_MAX }, { signal, timeout: TIMEOUT_MS, maxRetries: 0 });
  for await (const info of iterable(listed) ?? iterable(await listed) ?? []) {
    signal.throwIfAborted();
    const { id } = (info ?? {}) as { readonly id?: unknown };
    if (typeof id !== "string") continue;
    const row = { facts: factsFromModelInfo(info), source };
    reported.set(id, row);
    const family = modelFamily(id);
    if (!reported.has(family)) reported.set(family, row);
    if (reported.size >= MODELS_MAX) break;
  }
  return reported;
}

/** What `models.list()` gives can be iterated over all pages; a bare page has its models in `data`. */
function iterable(value: unknown): AsyncIterable<unknown> | Iterable<unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Symbol.asyncIterator in value) return value as AsyncIterable<unknown>;
  const { data } = value as { readonly data?: unknown };
  return Array.isArray(data) ? data : undefined;
}

/** Rejects when the signal aborts: a client that ignores its signal is not waited for. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
  });
}
