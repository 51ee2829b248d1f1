import fc from "fast-check";
import type { Entry, EntryBody } from "../src/conversation/entry.ts";
import type { UsageRow } from "../src/usage/usage-row.ts";
import { human, made, reply } from "./builders.ts";

/** Objects of the API's shape, with or without its parts, for properties of sums and costs. */

const tokens = fc.nat({ max: 2_000_000 });

const counts = fc
  .record({ input: tokens, output: tokens, read: tokens, write5m: tokens, write1h: tokens })
  .map(({ input, output, read, write5m, write1h }) => ({
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: write5m + write1h,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
  }));

type Counts = typeof counts extends fc.Arbitrary<infer Value> ? Value : never;

/** `usage` as the API gives it: the top level sums its own samplings, and compactions and advisors stand beside it. */
export const usageObject: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc
  .record({
    own: fc.array(counts, { minLength: 1, maxLength: 3 }),
    beside: fc.array(fc.record({ type: fc.constantFrom("compaction", "advisor_message"), counts }), { maxLength: 2 }),
    listed: fc.boolean(),
    searches: fc.nat({ max: 20 }),
    tier: fc.constantFrom(undefined, null, "standard", "batch"),
    geo: fc.constantFrom(undefined, "global", "us"),
  })
  .map(({ own, beside, listed, searches, tier, geo }) => ({
    ...own.reduce(added),
    ...((listed || beside.length > 0) && {
      iterations: [
        ...own.map((one) => ({ type: "message", ...one })),
        ...beside.map(({ type, counts: one }) => ({ type, ...(type === "advisor_message" && { model: "claude-opus-5" }), ...one })),
      ],
    }),
    server_tool_use: { web_search_requests: searches },
    service_tier: tier,
    inference_geo: geo,
  }));

function added(one: Counts, other: Counts): Counts {
  return {
    input_tokens: one.input_tokens + other.input_tokens,
    output_tokens: one.output_tokens + other.output_tokens,
    cache_read_input_tokens: one.cache_read_input_tokens + other.cache_read_input_tokens,
    cache_creation_input_tokens: one.cache_creation_input_tokens + other.cache_creation_input_tokens,
    cache_creation: {
      ephemeral_5m_input_tokens: one.cache_creation.ephemeral_5m_input_tokens + other.cache_creation.ephemeral_5m_input_tokens,
      ephemeral_1h_input_tokens: one.cache_creation.ephemeral_1h_input_tokens + other.cache_creation.ephemeral_1h_input_tokens,
    },
  };
}

/** A tree of entries: what hangs where, and the path of every branch. */
export interface Tree {
  readonly entries: readonly Entry[];
  readonly paths: readonly (readonly Entry[])[];
}

const step: fc.Arbitrary<{ readonly body: EntryBody; readonly at: number }> = fc.record({
  at: fc.nat({ max: 30 }),
  body: fc.oneof(
    fc.constant(human("Hello")),
    fc.constant(made("user", "Go on.")),
    fc
      .record({ usage: fc.option(usageObject, { nil: undefined }), stopReason: fc.constantFrom("end_turn", "tool_use", "refusal", null) })
      .map(({ usage, stopReason }) => reply(["Hi."], { stopReason, model: "claude-opus-5", ...(usage && { usage }) })),
  ),
});

/** Any tree that appending and forking can make. */
export const tree: fc.Arbitrary<Tree> = fc.array(step, { minLength: 1, maxLength: 25 }).map((steps) => {
  const paths: Entry[][] = [];
  const entries: Entry[] = [];
  for (const { body, at } of steps) {
    // Now and then behind an entry that something follows already: that is a fork.
    const tips = paths.map((path) => path.at(-1)!);
    const parent = at < entries.length ? entries[at]! : entries.at(-1);
    const tip = tips.findIndex((entry) => entry === parent);
    const before = tip >= 0 ? paths[tip]! : (paths.find((path) => parent !== undefined && path.includes(parent)) ?? []);
    const shared = parent === undefined ? [] : before.slice(0, before.indexOf(parent) + 1);
    const branchId = tip >= 0 ? parent!.branchId : `b${paths.length + 1}`;
    const entry: Entry = { id: `e${entries.length + 1}`, createdAt: entries.length, branchId, seq: shared.length + 1, ...body };
    entries.push(entry);
    if (tip >= 0) paths[tip]!.push(entry);
    else paths.push([...shared, entry]);
  }
  return { entries, paths };
});

const NOVEMBER = Date.parse("2026-11-20");

let ids = 0;
/** The row of a whole reply of Opus 5 in November 2026, unless told, with an id that no other has. */
export function row(usage: Readonly<Record<string, unknown>> | undefined, changes: Partial<UsageRow> = {}): UsageRow {
  ids += 1;
  return {
    id: `r${ids}`,
    conversationId: "c",
    branchId: "b",
    at: NOVEMBER,
    model: "claude-opus-5",
    end: "whole",
    stopReason: "end_turn",
    ...(usage && { usage }),
    ...changes,
  };
}
