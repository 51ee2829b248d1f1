import { type ConversationRequest, type Entry, isAntiphonError } from "@antiphon/core";
import { plainRequest } from "./plain-request.ts";
import type { Trace } from "./trace.ts";
import type { World } from "./world.ts";

/** Compares what is stored with what was stored before, and notes what is new. */
export async function look(world: World, { last = false } = {}): Promise<void> {
  const { firstSeen, changed, boundaries, paths } = world.trace;
  const stored = await storedPaths(world);
  const now = new Map<string, Entry>();
  for (const { entries } of stored) {
    for (const [at, entry] of entries.entries()) {
      if (now.has(entry.id)) continue;
      now.set(entry.id, entry);
      if (entry.kind === "boundary" && !firstSeen.has(entry.id)) boundaries.push({ entry, before: entries.slice(0, at) });
    }
  }
  for (const [id, entry] of firstSeen) {
    const is = now.get(id);
    if (is !== entry && JSON.stringify(is) !== JSON.stringify(entry)) changed.push(`${JSON.stringify(entry)} is now ${JSON.stringify(is)}`);
  }
  for (const [id, entry] of now) if (!firstSeen.has(id)) firstSeen.set(id, entry);
  if (last) paths.push(...stored);
}

/** Notes what the acting process would send, and what its path alone gives. */
export async function project(world: World, step: string): Promise<void> {
  const { conversation, trace } = world;
  const byHandle = await requestOf(() => conversation.request());
  const byPath = await requestOf(() => plainRequest([...conversation.entries], trace));
  trace.projections.push({ step, byHandle, byPath });
}

/** As one text. Violations are found in another order where a part was checked before. */
async function requestOf(request: () => Promise<ConversationRequest>): Promise<string> {
  try {
    const { explain, ...projected } = await request();
    const violations = explain.violations.map((violation) => JSON.stringify(violation)).toSorted();
    return JSON.stringify({ ...projected, explain: { ...explain, violations } });
  } catch (error) {
    if (!isAntiphonError(error)) throw error;
    return error.message;
  }
}

async function storedPaths(world: World): Promise<Trace["paths"]> {
  const record = await world.store.open(world.trace.conversationId);
  return Promise.all(record!.branches.map(async (branch) => ({ branch, entries: await world.path(branch.id) })));
}
