import type { Entry, NewEntry } from "@antiphon/core";

/** The columns of an entry beside its key, as they lie in the table `entries`. */
export interface EntryRow {
  readonly branch_id: string;
  readonly seq: number;
  readonly id: string;
  readonly created_at: number;
  readonly kind: string;
  readonly role: string | null;
  readonly origin: string | null;
  readonly author: string | null;
  readonly external_id: string | null;
  readonly content: string | null;
  readonly reply: string | null;
  readonly body: string | null;
}

/** The fields that have columns of their own, so that people can read and search them. */
const TEXT_COLUMNS = [
  ["role", "role"],
  ["origin", "origin"],
  ["author", "author"],
  ["externalId", "external_id"],
] as const;
const JSON_COLUMNS = ["content", "reply"] as const;

/** An entry as columns. Fields without a column go to `body`, those that a newer version may add among them. */
export function toRow({ id, createdAt, kind, ...fields }: NewEntry): Omit<EntryRow, "branch_id" | "seq"> {
  const body: Record<string, unknown> = { ...fields };
  const columns = { role: null, origin: null, author: null, external_id: null, content: null, reply: null } as Record<
    string,
    string | null
  >;
  for (const [field, column] of TEXT_COLUMNS) {
    const value = body[field];
    if (typeof value !== "string" || !isPlainText(value)) continue;
    columns[column] = value;
    delete body[field];
  }
  for (const field of JSON_COLUMNS) {
    if (body[field] === undefined) continue;
    columns[field] = JSON.stringify(body[field]);
    delete body[field];
  }
  const rest = JSON.stringify(body);
  return { id, created_at: createdAt, kind, ...columns, body: rest === "{}" ? null : rest } as Omit<EntryRow, "branch_id" | "seq">;
}

/** The entry that a row holds. */
export function fromRow(row: EntryRow): Entry {
  const entry: Record<string, unknown> = { id: row.id, createdAt: row.created_at, branchId: row.branch_id, seq: row.seq, kind: row.kind };
  for (const [field, column] of TEXT_COLUMNS) if (row[column] !== null) entry[field] = row[column];
  for (const column of JSON_COLUMNS) if (row[column] !== null) entry[column] = JSON.parse(row[column]);
  if (row.body !== null) Object.assign(entry, JSON.parse(row.body));
  return entry as unknown as Entry;
}

/** A text column is UTF-8 and ends at a NUL for many programs; JSON escapes carry what it cannot. */
function isPlainText(value: string): boolean {
  return value.isWellFormed() && !value.includes("\0");
}
