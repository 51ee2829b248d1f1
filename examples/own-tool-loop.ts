import Anthropic from "@anthropic-ai/sdk";
import { antiphon, MemoryStore, text } from "@antiphon/core";

const client = new Anthropic();
const chat = antiphon({ client, store: new MemoryStore() });
const look = { name: "look", description: "Looks at something.", input_schema: { type: "object" as const } };
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024, tools: [look] });
await conversation.append({ role: "user", content: 'Use the tool look with {"at":"the parrot"}' }, { origin: "human" });

for (;;) {
  const { body } = await conversation.request();
  const message = await client.beta.messages.create(body);
  const plan = await conversation.record(message);
  if (plan.next !== "answer-tools") {
    console.log(plan.outcome.type, text(message));
    break;
  }
  const results = plan.calls.map(({ id, input }) => ({
    type: "tool_result" as const,
    tool_use_id: id,
    content: `It is ${JSON.stringify(input)}.`,
  }));
  await conversation.append({ role: "user", content: results });
}
