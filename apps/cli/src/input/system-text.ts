import { readFileSync } from "node:fs";
import { usageFailure } from "../failure.ts";

/** The value of `--system`: text as it is, or with `@file` what the file holds; `@@` begins a text with one `@`. */
export function systemText(value: string): string {
  if (value.startsWith("@@")) return value.slice(1);
  if (!value.startsWith("@")) return value;
  const path = value.slice(1);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path)).trimEnd();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a folder"
          : code === "ERR_ENCODING_INVALID_ENCODED_DATA"
            ? "it is not UTF-8 text"
            : (error as Error).message;
    throw usageFailure(
      `--system ${value} cannot be read: ${why}. Give a text file, or the text itself (begin it with @@ for one that starts with @).`,
    );
  }
}
