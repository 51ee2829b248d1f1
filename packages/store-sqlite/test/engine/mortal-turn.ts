/**
 * A process of its own: takes a turn up in a database file and prints its outcome, unless it dies before. It is killed, as by
 * `kill -9`, once it has stored so many entries. Its tools note each run in a file before they return.
 * Arguments: file, base URL of the server, conversation id, file of the runs, how many entries.
 */
import { appendFileSync, writeSync } from "node:fs";
import Anthropic from "@anthropic-ai/sdk";
import { antiphon, type Append, type RunnableTool } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";

const [file = "", baseURL = "", conversationId = "", runs = "", lives = ""] = process.argv.slice(2);
const store = await SqliteStore.open(file);
const append = store.append.bind(store);
let stored = 0;
store.append = async (write: Append) => {
  const result = await append(write);
  stored += write.entries?.length ?? 0;
  if (stored >= Number(lives)) process.kill(process.pid, "SIGKILL");
  return result;
};

const tool = (name: string, more: object = {}): RunnableTool => ({
  name,
  input_schema: { type: "object" },
  run: (_input, { toolUse }) => {
    appendFileSync(runs, `${toolUse.id}\n`);
    return "noted";
  },
  ...more,
});
const client = new Anthropic({ apiKey: "practice", baseURL, maxRetries: 0 });
const chat = antiphon({ client, store, tools: [tool("note"), tool("peek", { safeToRepeat: true })] });
const conversation = await chat.open(conversationId);
const isBegun = conversation.entries.some((entry) => entry.kind === "message");
const { outcome } = await (isBegun ? conversation.resume() : conversation.send("Begin.")).result;
writeSync(1, `${outcome.type}\n`);
await store.close();
