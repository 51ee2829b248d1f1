/**
 * The model of a conversation that names none: the newest Sonnet in the `Model` union of `@anthropic-ai/sdk` 1.12.0.
 * A test reads that union in the installed SDK and fails when a newer Sonnet joins it.
 */
export const DEFAULT_MODEL = "claude-sonnet-5-5";

/** The newest Sonnet of a list of model ids: the highest version, an alias before its dated snapshots. Undefined if there is none. */
export function newestSonnet(modelIds: readonly string[]): string | undefined {
  let newest: { id: string; version: readonly number[] } | undefined;
  for (const id of modelIds) {
    const match = /^claude-sonnet-(\d{1,2})(?:-(\d{1,2}))?$/.exec(id);
    if (match === null) continue;
    const version = [Number(match[1]), Number(match[2] ?? 0)];
    if (newest === undefined || compare(version, newest.version) > 0) newest = { id, version };
  }
  return newest?.id;
}

function compare(a: readonly number[], b: readonly number[]): number {
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0);
}
