import Anthropic from "@anthropic-ai/sdk";
import { type ApprovalHook, antiphon, type RunnableTool } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";

const remove: RunnableTool = {
  name: "remove",
  description: "Removes a file.",
  input_schema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  timeoutMs: 5000,
  run: ({ path }: { path: string }, { progress }) => {
    progress(`removing ${path}`);
    return `${path} is gone.`;
  },
};
const approval: ApprovalHook = ({ name }) => (name === "remove" ? "ask" : "allow");

const store = await SqliteStore.open("chats.db");
const chat = antiphon({ client: new Anthropic(), store, tools: [remove], approval });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024 });
const { outcome } = await conversation.send('Use the tool remove with {"path":"notes.txt"}').result;
console.log(outcome.type); // waiting: nothing has run, and the process may end here

// Any time later, in any process that has the store and the tool:
const reopened = await chat.open(conversation.id);
if (outcome.type === "waiting") for (const id of outcome.toApprove ?? []) await reopened.approve(id, { reason: "There is a copy." });
const turn = reopened.resume();
for await (const event of turn) if (event.type === "tool-progress") console.log(event.value);
console.log((await turn.result).text);
await store.close();
