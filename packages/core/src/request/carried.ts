import type { Entry } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";

/** What the replies of a path leave to the requests behind them, beside what they say. */
export interface Carried {
  /** The container that a server tool last ran in. */
  readonly containerId: string | undefined;
  /** Of the last reply. */
  readonly responseId: string | undefined;
}

export const NOTHING_CARRIED: Carried = Object.freeze({ containerId: undefined, responseId: undefined });

/** What is carried behind these entries. */
export function carry(before: Carried, entries: readonly Entry[]): Carried {
  let { containerId, responseId } = before;
  for (const entry of entries) {
    if (entry.kind !== "message" || entry.reply === undefined) continue;
    const id = (entry.reply.extra?.["container"] as { readonly id?: unknown } | null | undefined)?.id;
    if (typeof id === "string") containerId = id;
    responseId = entry.reply.responseId ?? responseId;
  }
  return { containerId, responseId };
}

/**
 * The fields of a request that go on from the replies before it. The container, where the settings name none of their own: server
 * tools that run in one refuse a request that leaves out the one of the turn before. And the id of the last reply, where the
 * settings ask for cache diagnostics. Neither is part of a prefix.
 * Sources: the thread helper of `@anthropic-ai/sdk` 1.12.0 (containers); cache diagnostics documentation (2026-10).
 */
export function carriedFields({ containerId, responseId }: Carried, { container, diagnostics }: Settings): Partial<Settings> {
  const goesOn = containerId !== undefined && typeof container !== "string" && typeof container?.id !== "string";
  return {
    ...(goesOn && { container: container ? { ...container, id: containerId } : containerId }),
    ...(diagnostics && { diagnostics: { ...diagnostics, previous_message_id: responseId ?? null } }),
  };
}
