import Anthropic from "@anthropic-ai/sdk";
import { antiphon, type Conversation, MemoryStore } from "@antiphon/core";

const client = new Anthropic();
const chat = antiphon({ client, store: new MemoryStore() });
const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024 });

// Called before each question, a window cuts in steps: nothing is done until more than four turns are sent.
for (let n = 1; n <= 6; n += 1) {
  await conversation.window({ over: { turns: 4 }, keep: { turns: 2 } }, { accept: true });
  await conversation.send(`Count to ${n}.`).result;
}
console.log(`${await questions(conversation)} of 6 questions are sent`);

// What it costs is told first; `accept` may look at it.
const cost = await conversation.summarise(
  {
    keep: { turns: 1 },
    by: (messages, { settings, signal }) =>
      client.messages.create(
        {
          model: settings.model,
          max_tokens: 2048,
          messages: [...messages, { role: "user", content: "Sum up." }] as Anthropic.MessageParam[],
        },
        { signal },
      ),
  },
  { accept: ({ cachedTokens }) => cachedTokens < 100_000 },
);
console.log(`${await questions(conversation)} with a summary in front, for ${cost.cachedTokens} cached tokens`);

// Nothing is gone: each step has an entry that can be taken back.
for (const { id, kind } of conversation.entries.toReversed()) if (kind === "boundary") await conversation.restore(id, { accept: true });
const { tokens, exact } = await conversation.countTokens();
console.log(`${await questions(conversation)} again, ${tokens} tokens${exact ? "" : " or so"}`);

async function questions(of: Conversation): Promise<number> {
  return (await of.request()).body.messages.filter(({ role }) => role === "user").length;
}
