import type { Entry } from "../conversation/entry.ts";
import type { OutputFormat } from "../messages/output-format.ts";
import { withAskedFormat } from "../request/asked-format.ts";
import { settingsInForce } from "../request/boundaries.ts";
import type { Outcome } from "../stop/outcome.ts";
import { wordsOf } from "../tools/runnable-tool.ts";

export interface ReadOutput<T> {
  readonly outcome: Outcome;
  readonly output?: T;
}

/**
 * The value in a reply whose form was asked for. Only a whole reply has one: of one that was cut off or refused the outcome
 * tells, and one that is whole and in another form is `malformed`. Never throws.
 */
export function readOutput<T>(path: readonly Entry[], outcome: Outcome, text: string, parse: OutputFormat<T>["parse"]): ReadOutput<T> {
  if (outcome.type !== "completed" || !isAskedFor(path)) return { outcome };
  try {
    return { outcome, output: parse ? parse(text) : (JSON.parse(text) as T) };
  } catch (error) {
    const message = outcome.empty ? "The reply is empty." : wordsOf(error);
    return { outcome: { type: "malformed", message } };
  }
}

function isAskedFor(path: readonly Entry[]): boolean {
  const settings = settingsInForce(path);
  const config = settings && (withAskedFormat(settings, path).output_config as { format?: unknown } | null | undefined);
  return config?.format !== undefined && config.format !== null;
}
