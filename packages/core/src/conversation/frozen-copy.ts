/** A copy as JSON keeps it, that nobody can change. Throws a `TypeError` for what JSON cannot write: circles, big numbers. */
export function frozenCopy<T>(value: T): T {
  return frozen(JSON.parse(JSON.stringify(value))) as T;
}

/** A walk of its own: a reviver would make `JSON.parse` three times slower. What is too deep for it, JSON cannot write either. */
function frozen(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  for (const inner of Object.values(part)) frozen(inner);
  return Object.freeze(part);
}
