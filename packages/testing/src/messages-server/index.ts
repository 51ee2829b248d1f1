export { startMessagesServer, type MessagesServer } from "./server.ts";
export type { MessagesServerOptions } from "./options.ts";
export {
  toolUse,
  type Delivery,
  type RawReply,
  type Reply,
  type ScriptedError,
  type ScriptedMessage,
  type StreamedBlock,
} from "./script.ts";
export type { Fault, Place } from "./faults.ts";
export type { Ending, ReceivedRequest } from "./received.ts";
export type { Block, Usage } from "./wire.ts";
export { gate, type Gate } from "./gate.ts";
export { manualTime, type ManualTime, type Schedule } from "./timers.ts";
