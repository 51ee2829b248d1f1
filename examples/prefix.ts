import Anthropic from "@anthropic-ai/sdk";
import { antiphon, MemoryStore } from "@antiphon/core";

const chat = antiphon({ client: new Anthropic(), store: new MemoryStore() });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024, system: "Be brief." });

await conversation.send("What does enumerate do?").result;
const before = await conversation.request(); // sends nothing
console.log(before.explain.prefix.extendsLast); // true: what the last request cached is read back

await conversation.update({ model: "claude-opus-5-5" }, { accept: true });
const { extendsLast, changedBy } = (await conversation.request()).explain.prefix;
console.log(extendsLast, changedBy[0]?.change); // false settings
