import Anthropic from "@anthropic-ai/sdk";
import { antiphon, MemoryStore, text } from "@antiphon/core";

const client = new Anthropic();
const chat = antiphon({ client, store: new MemoryStore() });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024 });

for (const question of ["My name is Ada", "What is my name?"]) {
  await conversation.append({ role: "user", content: question }, { origin: "human" });
  const { body } = await conversation.request(); // exactly what would be sent
  const message = await client.beta.messages.create(body);
  const plan = await conversation.record(message); // stored as it came, and what may come next
  console.log(`${text(message)} (${plan.next})`);
}
