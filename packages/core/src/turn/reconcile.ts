import type { Entry } from "../conversation/entry.ts";
import type { PrefixDisagreement } from "../conversation/prefix-disagreement.ts";
import type { FoldedFacts } from "../messages/reply.ts";
import { applyBoundaries } from "../request/boundaries.ts";
import type { RequestBody } from "../request/request-body.ts";

/**
 * Where the API says otherwise than the ledger of a request that was made from this path: what it reads from its cache
 * (`diagnostics`), and what it made of thinking that was sent as valid (`input_transformations`). What an earlier reply has said
 * already is not said again. Both answers are there only where the settings ask for them. Source: `BetaMessage` of
 * `@anthropic-ai/sdk` 1.12.0.
 */
export function disagreementsOf(path: readonly Entry[], body: RequestBody, { extra = {} }: FoldedFacts): readonly PrefixDisagreement[] {
  const found = [...ofCache(path, extra["diagnostics"]), ...ofThinking(path, body, extra["input_transformations"])];
  if (found.length === 0) return found;
  const told = path.flatMap((entry) => (entry.kind === "message" ? (entry.reply?.disagreements ?? []) : []));
  return found.filter(({ type, reason, entryId }) => {
    return entryId === undefined || !told.some((other) => other.type === type && other.reason === reason && other.entryId === entryId);
  });
}

/** The reasons that say that a request is another than the one before. The others say that there is nothing to say. */
const DIVERGED: ReadonlySet<unknown> = new Set(["model_changed", "system_changed", "tools_changed", "messages_changed"]);

function ofCache(path: readonly Entry[], diagnostics: unknown): readonly PrefixDisagreement[] {
  const { type, cache_missed_input_tokens: tokens } = fieldsOf(fieldsOf(diagnostics)["cache_miss_reason"]);
  if (!DIVERGED.has(type) || !extendsTheLast(path)) return [];
  return [{ type: "cache-missed", reason: String(type), ...(typeof tokens === "number" && { tokens }) }];
}

/** Whether a request from this path begins with all that the one before it said: nothing was stored since that changes what is sent. */
function extendsTheLast(path: readonly Entry[]): boolean {
  const last = path.findLastIndex((entry) => entry.kind === "message" && entry.reply !== undefined);
  return last !== -1 && path.slice(last).every(({ kind }) => kind !== "boundary" && kind !== "settings");
}

const BY_TRANSFORMATION: Readonly<Record<string, PrefixDisagreement["type"]>> = {
  thinking_dropped: "thinking-dropped",
  thinking_mismatch_allowed: "thinking-mismatched",
};

function ofThinking(path: readonly Entry[], body: RequestBody, transformations: unknown): readonly PrefixDisagreement[] {
  if (!Array.isArray(transformations)) return [];
  return transformations.flatMap((transformation): PrefixDisagreement[] => {
    const { type, reason, path: place } = fieldsOf(transformation);
    const known = Object.hasOwn(BY_TRANSFORMATION, String(type)) ? BY_TRANSFORMATION[String(type)] : undefined;
    if (known === undefined) return [];
    const entryId = entryAt(path, body, place);
    return [{ type: known, reason: String(reason), ...(entryId !== undefined && { entryId }) }];
  });
}

/** The entry that a place in the request comes from: a block is known by identity, since on its way there none is copied. */
function entryAt(path: readonly Entry[], { messages }: RequestBody, place: unknown): string | undefined {
  const [, message, at] = /^messages\.(\d+)\.content\.(\d+)$/.exec(String(place)) ?? [];
  const block = messages[Number(message)]?.content[Number(at)];
  return block && applyBoundaries(path).find(({ content }) => content.includes(block))?.entryId;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
