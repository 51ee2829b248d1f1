import Anthropic from "@anthropic-ai/sdk";
import { antiphon, MemoryStore } from "@antiphon/core";

const chat = antiphon({ client: new Anthropic(), store: new MemoryStore() });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024, system: "Be brief." });
await conversation.send("What does enumerate do?").result;

await conversation.update({ system: "Be thorough." }); // told in a message: what was sent before stays as it was
await conversation.send("And zip?").result;
const { body } = await conversation.request();
console.log(body.system, body.messages.map(({ role }) => role).join(" "));

const old = await chat.create({ model: "claude-haiku-4-5", max_tokens: 1024 });
await old.append({ role: "user", content: "What does enumerate do?" }); // nobody typed it: marked as synthetic
await old.append({ role: "assistant", content: "It numbers." });
const { text } = await old.send("And zip?", { prefill: "It pairs" }).result; // only models before 4.6 take this
console.log(text.startsWith("It pairs"), old.entries.map((entry) => (entry.kind === "message" ? entry.origin : entry.kind)).join(" "));
