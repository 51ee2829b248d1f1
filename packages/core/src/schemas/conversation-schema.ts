import * as z from "zod/mini";
import type { Branch } from "../conversation/branch.ts";
import type { ConversationRecord, NewConversation } from "../store/conversation-store.ts";
import { asItCame } from "./as-it-came.ts";
import { newEntrySchema } from "./entry-schema.ts";
import { shapeOf } from "./shape-of.ts";

const id = z.string().check(z.minLength(1));
const seq = z.int().check(z.gte(0));
const labels = z.record(z.string(), z.string());

const branchShape = shapeOf<Branch>()(
  z.looseObject({
    id,
    parentBranchId: z.optional(id),
    forkSeq: seq,
    tipSeq: seq,
    createdAt: z.number(),
  }),
);

const newConversationShape = shapeOf<NewConversation>()(
  z.looseObject({
    id,
    branchId: id,
    createdAt: z.number(),
    hashKey: z.string(),
    metadata: z.optional(labels),
    entries: z.optional(z.array(newEntrySchema)),
  }),
);

const conversationRecordShape = shapeOf<ConversationRecord>()(
  z.looseObject({
    id,
    createdAt: z.number(),
    usedAt: z.number(),
    hashKey: z.string(),
    headBranchId: id,
    metadata: labels,
    branches: z.array(branchShape),
  }),
);

/** A run of entries. */
export const branchSchema = asItCame<Branch>(branchShape);

/** What a store is given to make a conversation. */
export const newConversationSchema = asItCame<NewConversation>(newConversationShape);

/** A conversation with its branches and without its entries, as a store's `open` has it. */
export const conversationRecordSchema = asItCame<ConversationRecord>(conversationRecordShape);
