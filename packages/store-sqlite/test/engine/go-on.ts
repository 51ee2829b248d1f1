/**
 * A process of its own: opens a database file, goes on with each conversation whose id stands in a line of stdin, as the
 * plan of its last reply demands. What it sends is for the server to see.
 */
import { text } from "node:stream/consumers";
import Anthropic from "@anthropic-ai/sdk";
import { antiphon, type Conversation, toolCalls, type Turn } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";
import { stillEnvironment } from "./still-environment.ts";

const [file, baseURL] = process.argv.slice(2) as [string, string];
const environment = stillEnvironment("reopened");
const store = await SqliteStore.open(file, { now: environment.now });
const chat = antiphon({ client: new Anthropic({ apiKey: "practice", baseURL, maxRetries: 0 }), store, environment });

for (const id of (await text(process.stdin)).trim().split("\n")) {
  const turn = await goOn(await chat.open(id));
  await turn.result;
}
await store.close();

async function goOn(conversation: Conversation): Promise<Turn> {
  const reply = conversation.entries.findLast((entry) => entry.kind === "message" && entry.reply !== undefined);
  if (reply?.kind !== "message") throw new Error(`conversation ${conversation.id} has no reply`);
  if (reply.reply?.stopReason === "pause_turn") return conversation.resume();
  if (reply.reply?.stopReason !== "tool_use") return conversation.send("Go on.");
  const results = toolCalls(reply.content).map((call) => ({ type: "tool_result", tool_use_id: call.id, content: "done" }));
  await conversation.append({ role: "user", content: results });
  return conversation.resume();
}
