/** A copy as JSON keeps it, that nobody can change. Throws a `TypeError` for what JSON cannot write: circles, big numbers. */
export function frozenCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => Object.freeze(part)) as T;
}
