import * as z from "zod/mini";
import type { Bill } from "../conversation/bill.ts";
import type { Boundary, Entry, NewEntry, Origin, ReplyFacts } from "../conversation/entry.ts";
import type { StoredFormat } from "../messages/output-format.ts";
import type { PrefixDisagreement } from "../conversation/prefix-disagreement.ts";
import { asItCame } from "./as-it-came.ts";
import { shapeOf } from "./shape-of.ts";
import { contentShape, roleShape } from "./message-schema.ts";
import { settingsShape } from "./settings-schema.ts";

const id = z.string().check(z.minLength(1));
const ids = z.array(id);
const count = z.int().check(z.gte(0));
const json = z.record(z.string(), z.unknown());
const blockIndex = z.string().check(z.regex(/^\d+$/));

const originShape = shapeOf<Origin>()(z.enum(["human", "model", "tool", "synthetic", "imported"]));

const disagreementShape = shapeOf<PrefixDisagreement>()(
  z.looseObject({
    type: z.enum(["cache-missed", "thinking-dropped", "thinking-mismatched", "thinking-rejected"]),
    reason: z.string(),
    entryId: z.optional(id),
    tokens: z.optional(z.number()),
  }),
);

const replyFactsShape = shapeOf<ReplyFacts>()(
  z.looseObject({
    model: z.string(),
    stopReason: z.nullable(z.string()),
    stopSequence: z.optional(z.nullable(z.string())),
    stopDetails: z.optional(z.unknown()),
    usage: z.optional(json),
    responseId: z.optional(z.string()),
    requestId: z.optional(z.string()),
    whole: z.boolean(),
    copied: z.optional(z.boolean()),
    prefixHash: z.optional(z.string()),
    madeFor: z.optional(z.looseObject({ account: z.optional(z.string()), endUser: z.optional(z.string()) })),
    partialInputs: z.optional(z.record(blockIndex, z.string())),
    rawDeltas: z.optional(z.record(blockIndex, z.array(z.unknown()))),
    disagreements: z.optional(z.array(disagreementShape)),
    extra: z.optional(json),
  }),
);

const formatShape = shapeOf<StoredFormat>()(z.looseObject({ type: z.literal("json_schema"), schema: json }));

const billShape = shapeOf<Bill>()(z.looseObject({ thinkingBlocks: count, cachedTokens: count, toolPairs: count }));

/** Closed, unlike a block: who does not know a boundary would send what it takes off the path. */
const boundaryShape = shapeOf<Boundary>()(
  z.discriminatedUnion("type", [
    z.looseObject({ type: z.literal("settings"), settings: settingsShape }),
    z.looseObject({ type: z.literal("left-out"), entryIds: ids, reason: z.string() }),
    z.looseObject({ type: z.literal("superseded"), entryId: id, content: contentShape }),
    z.looseObject({ type: z.literal("compaction"), throughEntryId: id, content: contentShape, reply: z.optional(replyFactsShape) }),
    z.looseObject({ type: z.literal("clear"), toolUseIds: ids, throughEntryId: z.optional(id) }),
    z.looseObject({ type: z.literal("window"), fromEntryId: id }),
    z.looseObject({ type: z.literal("restored"), boundaryId: id }),
    z.looseObject({ type: z.literal("erase"), entryIds: ids }),
  ]),
);

const identity = { id, createdAt: z.number() };
const place = { ...identity, branchId: id, seq: z.int().check(z.gte(1)) };

const newEntryShape = shapeOf<NewEntry>()(z.discriminatedUnion("kind", bodiesWith(identity)));
const entryShape = shapeOf<Entry>()(z.discriminatedUnion("kind", bodiesWith(place)));

/** A way to change what is sent. */
export const boundarySchema = asItCame<Boundary>(boundaryShape);

/** An entry before it has its place. */
export const newEntrySchema = asItCame<NewEntry>(newEntryShape);

/** An entry in its place in the tree. */
export const entrySchema = asItCame<Entry>(entryShape);

/** The kinds of entries, each with the fields that tell where it stands. */
function bodiesWith<F extends z.core.$ZodLooseShape>(fields: F) {
  const message = {
    kind: z.literal("message"),
    role: roleShape,
    content: contentShape,
    origin: originShape,
    author: z.optional(z.string()),
    externalId: z.optional(z.string()),
    format: z.optional(formatShape),
    setting: z.optional(z.literal("system")),
    reply: z.optional(replyFactsShape),
  };
  const approval = {
    kind: z.literal("approval"),
    toolUseId: z.string(),
    verdict: z.enum(["ask", "allow", "deny"]),
    reason: z.optional(z.string()),
  };
  return [
    z.looseObject({ ...fields, ...message }),
    z.looseObject({ ...fields, kind: z.literal("settings"), settings: settingsShape }),
    z.looseObject({ ...fields, kind: z.literal("boundary"), boundary: boundaryShape, bill: billShape }),
    z.looseObject({ ...fields, kind: z.literal("tool-start"), toolUseId: z.string(), name: z.string() }),
    z.looseObject({ ...fields, ...approval }),
  ] as const;
}
