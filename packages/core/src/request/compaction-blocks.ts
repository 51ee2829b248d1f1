import type { Settings } from "../conversation/settings.ts";
import type { RequestMessage } from "./request-body.ts";

/** The beta under which the API writes a summary on demand, as a signed block. Source: compaction on demand documentation. */
export const COMPACT_ON_DEMAND = "compact-2026-09-04";

/** The beta under which it writes one by itself, at a threshold. Source: threshold compaction documentation. */
const COMPACT_AT_THRESHOLD = "compact-2026-01-12";

export type CompactionBeta = typeof COMPACT_ON_DEMAND | typeof COMPACT_AT_THRESHOLD;

/** The beta that the API's compaction blocks among these messages are taken back under, if there are any; of several, a signed one's. */
export function compactionBeta(messages: readonly RequestMessage[], before?: CompactionBeta): CompactionBeta | undefined {
  if (before === COMPACT_ON_DEMAND) return before;
  const blocks = messages.flatMap(({ content }) => content.filter(({ type }) => type === "compaction"));
  if (blocks.length === 0) return before;
  return blocks.some(({ signature }) => typeof signature === "string") ? COMPACT_ON_DEMAND : COMPACT_AT_THRESHOLD;
}

/** The field that such a request needs beside its settings: without it the API takes none of these blocks. */
export function compactionFields(beta: CompactionBeta | undefined, { betas = [] }: Settings): Partial<Settings> {
  return beta === undefined || betas.includes(beta) ? {} : { betas: [...betas, beta] };
}
