import Anthropic from "@anthropic-ai/sdk";
import { antiphon, MemoryStore, text } from "@antiphon/core";

const chat = antiphon({ client: new Anthropic(), store: new MemoryStore() });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024 });
const first = conversation.send("My name is Ada");
await first.result;

const { entryId } = await first.accepted;
const turn = await conversation.edit(entryId!, "My name is Grace"); // the old question stays, on its branch
await turn.result;

const question = conversation.entries.find((entry) => entry.kind === "message")!;
const siblings = await conversation.siblings(question.id);
for (const { entry, isCurrent } of siblings) console.log(`${isCurrent ? ">" : " "} ${text(entry)}`);

const at = siblings.findIndex(({ isCurrent }) => isCurrent);
await conversation.switchTo(siblings[at - 1]!.branchId); // one back, with the head
console.log((await conversation.send("What is my name?").result).text);
