/** A value of any kind as an error names it: never throws, and short enough for one line. */
export function quoted(value: unknown): string {
  const text = written(value);
  return text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX - 1).toWellFormed()}…` : text;
}

const CHARS_MAX = 80;

function written(value: unknown): string {
  switch (typeof value) {
    case "bigint":
      return `${value}n`;
    case "number":
    case "symbol":
    case "undefined":
      return String(value);
    case "function":
      return "a function";
    default:
      return asJson(value) ?? "an object that JSON cannot write";
  }
}

/** Circles and big numbers throw in it, and so may a getter of the caller's. */
function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
