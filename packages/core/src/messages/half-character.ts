/**
 * Where a value holds a text with half of a surrogate pair, `content.0.text`; `undefined` where it holds none. Such a half is what
 * cutting a text in the middle of an emoji leaves. JSON can carry it and the API takes no request with one, wherever it stands.
 */
export function halfCharacterIn(root: unknown, rootPath = ""): string | undefined {
  const seen = new Set<unknown>();
  const queue: [value: unknown, path: string][] = [[root, rootPath]];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [value, path] = next;
    if (typeof value === "string" && !value.isWellFormed()) return path;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    const fields = Object.entries(value);
    if (fields.some(([name]) => !name.isWellFormed())) return path;
    for (const [name, inner] of fields.toReversed()) queue.push([inner, path === "" ? name : `${path}.${name}`]);
  }
  return undefined;
}

/** The same text with U+FFFD in place of each half, which is what UTF-8 encoders write. Anything but a text as it is. */
export function wholeCharacters<T>(value: T): T {
  if (halfCharacterIn(value) === undefined) return value;
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) => (typeof inner === "string" ? inner.toWellFormed() : inner)) as T;
}
