export { branchSchema, conversationRecordSchema, newConversationSchema } from "./conversation-schema.ts";
export { boundarySchema, entrySchema, newEntrySchema } from "./entry-schema.ts";
export { contentBlockSchema, messageParamSchema, messageSchema, receivedMessageSchema } from "./message-schema.ts";
export { parseAs } from "./parse-as.ts";
export { settingsSchema } from "./settings-schema.ts";
