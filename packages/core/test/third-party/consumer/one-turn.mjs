// One turn on whatever runs this, streamed; then every entry is read back through its schema.
import Anthropic from "@anthropic-ai/sdk";
import { antiphon, MemoryStore } from "@antiphon/core";
import { entrySchema, parseAs } from "@antiphon/core/schemas";

/** Throws unless the turn is whole. `url` is the practice server's. */
export async function oneTurn(url, store = new MemoryStore()) {
  const client = new Anthropic({ apiKey: "practice", baseURL: url });
  const chat = antiphon({ client, store });
  const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 512 });
  const turn = conversation.send("What does enumerate do?");
  let streamed = "";
  for await (const text of turn.textStream) streamed += text;
  const { outcome, text } = await turn.result;
  check(outcome.type === "completed", `the outcome is ${JSON.stringify(outcome)}`);
  check(text.length > 50 && streamed === text, `the stream gave ${streamed.length} characters, the result ${text.length}`);

  const { entries } = await chat.open(conversation.id);
  for (const entry of entries) parseAs(entrySchema, entry, `Entry ${entry.seq}`);
  check(entries.map(({ kind }) => kind).join() === "settings,message,message", `stored are ${JSON.stringify(entries)}`);
  return conversation.id;
}

export function check(holds, message) {
  if (!holds) throw new Error(message);
}
