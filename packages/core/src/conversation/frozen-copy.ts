/** What nobody can change, down to its leaves, and JSON would not change either. */
const settled = new WeakSet<object>();

/** Levels that are copied one by one, so that what is settled in them stays as it is: entries, an entry, its content, a block, a tool's input. */
const LEVELS = 5;

/**
 * A copy as JSON keeps it, that nobody can change. Parts of it that came from here are shared and not copied again. Throws a
 * `TypeError` for what JSON cannot write: circles, big numbers.
 */
export function frozenCopy<T>(value: T): T {
  return copied(value, LEVELS) as T;
}

/** Freezes a value fresh from `JSON.parse` in place: its owner makes a copy of it by handing it over. */
export function frozenJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  freezeParts(value);
  return settle(value);
}

/** Only the whole is remembered as settled: who takes a part out of it and hands that in gets a copy. */
function freezeParts(value: object): void {
  for (const part of Object.values(value)) {
    if (typeof part !== "object" || part === null) continue;
    freezeParts(part);
    Object.freeze(part);
  }
}

function copied(value: unknown, levels: number): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : throughJson(value);
    case "object":
      if (value === null || settled.has(value)) return value;
      if (levels > 0 && Array.isArray(value)) return settle(Array.from(value, (item) => copied(item, levels - 1) ?? null));
      if (levels > 0 && isPlain(value)) return settle(fieldsOf(value, levels - 1));
      return throughJson(value);
    default:
      return throughJson(value);
  }
}

function fieldsOf(value: object, levels: number): object {
  const fields = Object.entries(value).map(([name, field]): [string, unknown] => [name, copied(field, levels)]);
  // A field called `__proto__` stays one.
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined));
}

/** A walk freezes it: a reviver would make `JSON.parse` three times slower. */
function throughJson(value: unknown): unknown {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? undefined : frozenJson(JSON.parse(json));
}

/** Whether JSON writes it as its fields. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && typeof (value as { readonly toJSON?: unknown }).toJSON !== "function";
}

function settle(value: object): object {
  settled.add(value);
  return Object.freeze(value);
}
