import * as z from "zod/mini";
import type { ContentBlock, ContentParam, Message, MessageParam, Role } from "../messages/content-block.ts";
import type { ReceivedMessage } from "../messages/reply.ts";
import { asItCame } from "./as-it-came.ts";
import { shapeOf } from "./shape-of.ts";

export const roleShape = shapeOf<Role>()(z.enum(["user", "assistant", "system"]));

/** Any object with a `type`: which blocks there are is the API's to say, and it says more every year. */
const blockShape = shapeOf<ContentBlock>()(z.looseObject({ type: z.string() }));

export const contentShape = shapeOf<readonly ContentBlock[]>()(z.array(blockShape));

/** Not a union: of a list with one bad block the block is told, and not that it might have been a string. */
const contentParamShape = z.unknown().check((payload) => {
  if (typeof payload.value === "string") return;
  if (!Array.isArray(payload.value)) {
    payload.issues.push({ code: "custom", params: { expected: "a text or a list of blocks" }, input: payload.value });
    return;
  }
  const result = z.safeParse(asItCame(contentShape), payload.value, { reportInput: true });
  for (const { path, message, input } of result.error?.issues ?? []) {
    payload.issues.push({ code: "custom", path: [...path], message, input });
  }
}) as z.ZodMiniType as z.ZodMiniType<ContentParam>;

const messageShape = shapeOf<Message>()(z.looseObject({ role: roleShape, content: contentShape }));

const messageParamShape = shapeOf<MessageParam>()(z.looseObject({ role: roleShape, content: contentParamShape }));

const receivedMessageShape = shapeOf<ReceivedMessage>()(
  z.looseObject({
    model: z.string(),
    content: contentShape,
    stop_reason: z.nullable(z.string()),
  }),
);

/** A content block of any type, known or not. */
export const contentBlockSchema = asItCame<ContentBlock>(blockShape);

/** A message in wire form, content always a list. */
export const messageSchema = asItCame<Message>(messageShape);

/** A message as a request may have it: content may be a string. */
export const messageParamSchema = asItCame<MessageParam>(messageParamShape);

/** A reply as the API answers it without streaming: what `record` takes. */
export const receivedMessageSchema = asItCame<ReceivedMessage>(receivedMessageShape);
