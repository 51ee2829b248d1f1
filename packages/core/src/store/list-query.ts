import type { ConversationSummary, ListQuery } from "./conversation-store.ts";
import { storeErrors } from "./store-errors.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 1000;

/** A list query with its limit decided and its cursor read. */
export interface SettledListQuery {
  readonly limit: number;
  /** The last conversation of the page before. */
  readonly after?: { readonly usedAt: number; readonly id: string };
  readonly idPrefix: string;
  /** Pairs that a conversation's metadata must have. */
  readonly metadata: readonly (readonly [name: string, value: string])[];
}

/** Checks a list query for a store. Throws `invalid_input` for a limit or a cursor that cannot be. */
export function settleListQuery({ limit = LIMIT_DEFAULT, cursor, idPrefix = "", metadata = {} }: ListQuery = {}): SettledListQuery {
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw storeErrors.badListQuery("limit", limit);
  if (typeof idPrefix !== "string") throw storeErrors.badListQuery("idPrefix", idPrefix);
  if (!isLabels(metadata)) throw storeErrors.badListQuery("metadata", metadata);
  const settled = { limit, idPrefix, metadata: Object.entries(metadata) };
  return cursor === undefined ? settled : { ...settled, after: readCursor(cursor) };
}

/** The cursor that leads on from a page's last conversation. Callers treat it as opaque; stores may make their own. */
export function listCursorAfter({ usedAt, id }: ConversationSummary): string {
  return `${usedAt} ${id}`;
}

function isLabels(metadata: unknown): boolean {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return false;
  return Object.values(metadata).every((value) => typeof value === "string");
}

function readCursor(cursor: string): { usedAt: number; id: string } {
  const [, usedAt, id] = typeof cursor === "string" ? (/^(\S+) (.+)$/s.exec(cursor) ?? []) : [];
  if (usedAt === undefined || id === undefined || !Number.isFinite(Number(usedAt))) throw storeErrors.badListQuery("cursor", cursor);
  return { usedAt: Number(usedAt), id };
}
