import Anthropic from "@anthropic-ai/sdk";
import { startMessagesServer, toolUse } from "@antiphon/testing/messages-server";

await using server = await startMessagesServer();
const client = new Anthropic({ apiKey: "any", baseURL: server.url, maxRetries: 0 });

server.script(
  { content: [toolUse("look", { at: "the parrot" })] },
  { content: "It talks.", faults: [{ kind: "cut", at: { beforeEvent: "content_block_stop" } }] },
);
// … run your program …
server.requests[1]?.body; // what it sent, parsed; `.text` is the same byte for byte
await server.requests[1]?.ended; // "sent", "cut", "client-left" or "server-closed"
