import Anthropic from "@anthropic-ai/sdk";
import { antiphon } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";

const store = await SqliteStore.open("chats.db");
const chat = antiphon({ client: new Anthropic(), store });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024 });

const turn = conversation.send("What does enumerate do?");
for await (const text of turn.textStream) process.stdout.write(text);

const { outcome, usage } = await turn.result; // never rejects: what went wrong is the outcome
console.log(`\n${outcome.type}, ${usage.output_tokens} tokens; go on with chat.open("${conversation.id}")`);
await store.close();
