import { frozenCopy } from "../conversation/frozen-copy.ts";
import { AntiphonError } from "../errors.ts";
import { quoted } from "../quoted.ts";

/**
 * A form that an answer is asked in: the API's `output_config.format`, and with `parse` what makes a value of its text. What
 * `zodOutputFormat`, `betaZodOutputFormat`, `jsonSchemaOutputFormat` and their like of the SDK give is one.
 * Source: `AutoParseableOutputFormat` of `@anthropic-ai/sdk` 1.12.0.
 */
export interface OutputFormat<T = unknown> {
  readonly type: "json_schema";
  readonly schema: { readonly [key: string]: unknown };
  /** Throws for a text that is no such value. The text is JSON where this is left out, and the value what it says. */
  parse?(text: string): T;
}

/** The part of a format that is stored and sent. */
export type StoredFormat = Pick<OutputFormat, "type" | "schema">;

/** A caller's format as a frozen copy in wire form, without its functions. Errors: `invalid_input`. */
export function ownFormat(format: OutputFormat): StoredFormat {
  if (typeof format !== "object" || format === null || typeof format.type !== "string") {
    throw invalid(`The format is ${quoted(format)}. Give it { type: "json_schema", schema }, as \`zodOutputFormat\` makes it.`);
  }
  try {
    return frozenCopy(format);
  } catch (cause) {
    throw invalid("The schema of the format cannot be written as JSON. Leave out circles and big numbers.", cause);
  }
}

function invalid(message: string, cause?: unknown): AntiphonError {
  return new AntiphonError("invalid_input", message, cause === undefined ? {} : { cause });
}
