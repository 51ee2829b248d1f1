import type { Entry } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import type { StoredFormat } from "../messages/output-format.ts";

/** The settings of a path's request: those in force, with the form that the last message was to be answered in. */
export function withAskedFormat(settings: Settings, path: readonly Entry[]): Settings {
  const format = askedFormat(path);
  return format === undefined ? settings : { ...settings, output_config: { ...settings.output_config, format } };
}

/** Told by the last message of the user's side that says something: results of tools are part of the same turn. */
function askedFormat(path: readonly Entry[]): StoredFormat | undefined {
  for (let at = path.length - 1; at >= 0; at -= 1) {
    const entry = path[at]!;
    if (entry.kind !== "message" || entry.role !== "user") continue;
    if (entry.content.length > 0 && entry.content.every(({ type }) => type === "tool_result")) continue;
    return entry.format;
  }
  return undefined;
}
