import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { startMessagesServer } from "../index.ts";

type Params = Anthropic.MessageCreateParamsNonStreaming;
type Message = Anthropic.MessageParam;

/** What the partner says to a conversation, message by message. */
async function ask(messages: readonly (string | Message)[], fields: Partial<Params> = {}) {
  await using server = await startMessagesServer();
  const list = messages.map((message, at) =>
    typeof message === "string" ? { role: at % 2 === 0 ? ("user" as const) : ("assistant" as const), content: message } : message,
  );
  const client = new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0 });
  const reply = await client.messages.create({ model: "claude-sonnet-4-6", max_tokens: 4_096, messages: list, ...fields });
  return { ...reply, text: reply.content.map((block) => (block.type === "text" ? block.text : "")).join("") };
}

const look = { name: "look", input_schema: { type: "object" as const } };
const seek = { name: "seek", input_schema: { type: "object" as const } };

test("it quotes what the user said first, which it can only know from the request", async () => {
  expect((await ask(["My name is Ada", "Hello Ada.", "What did I say first?"])).text).toContain('You said first: "My name is Ada"');
});

test("it greets a name, knows it while it is sent, and does not when it is not", async () => {
  expect((await ask(["My name is Ada"])).text).toMatch(/^Hello Ada\./);
  expect((await ask(["My name is Ada", "Hello.", "What is my name?"])).text).toContain("Your name is Ada.");
  expect((await ask(["What is my name?"])).text).toContain("None of the 1 message that reached me says your name");
});

test("it counts the messages it was sent, by role", async () => {
  expect((await ask(["a", "b", "How many messages do you see?"])).text).toBe(
    "3 messages reached me with this request: 2 from the user, 1 from the assistant.",
  );
});

test("it says what it was sent: roles, system prompt, tools, tokens, and what came from the cache", async () => {
  const { text } = await ask(["What were you sent?"], { system: "Be brief.", tools: [look] });
  expect(text).toContain("- 1 message: 1 from the user, 0 from the assistant");
  expect(text).toContain("- system prompt: yes");
  expect(text).toContain("- tools: look");
  expect(text).toMatch(/- input tokens, roughly: \d+, of which 0 were read from the cache/);
});

test("it says that it is no model, in Markdown with a heading, a list and a code fence", async () => {
  const { text } = await ask(["What does enumerate do?"]);
  expect(text).toMatch(/^## What does enumerate do\?\n/);
  expect(text).toContain("not Claude");
  expect(text).toMatch(/^- /m);
  expect(text).toMatch(/^```json\n[^]*\n```$/m);
});

test("it calls the tool it is asked to use, several at once, with the JSON it is given", async () => {
  const { content, stop_reason } = await ask(['use the tool look with {"at": {"x": "}"}} and the tool seek with {}'], {
    tools: [look, seek],
  });
  expect(stop_reason).toBe("tool_use");
  expect(content).toMatchObject([
    { type: "tool_use", name: "look", input: { at: { x: "}" } } },
    { type: "tool_use", name: "seek", input: {} },
  ]);
});

test("it says which tools it was offered when it is asked for another", async () => {
  expect((await ask(["use the tool smell with {}"], { tools: [look] })).text).toBe("I was not offered `smell`. Offered were: look.");
});

test("it tells the results of its tools", async () => {
  const calls = { role: "assistant" as const, content: [{ type: "tool_use" as const, id: "toolu_1", name: "look", input: {} }] };
  const results = { role: "user" as const, content: [{ type: "tool_result" as const, tool_use_id: "toolu_1", content: "a parrot" }] };
  expect((await ask(["use the tool look with {}", calls, results], { tools: [look] })).text).toBe("The tool answered: a parrot");
});

test("tool_choice forces a tool, and none keeps it from calling", async () => {
  expect((await ask(["hello"], { tools: [look, seek], tool_choice: { type: "tool", name: "seek" } })).content).toMatchObject([
    { type: "tool_use", name: "seek" },
  ]);
  expect((await ask(["use the tool look with {}"], { tools: [look], tool_choice: { type: "none" } })).stop_reason).toBe("end_turn");
});

test("a long answer has the words it was asked for, and max_tokens cuts it where it says", async () => {
  const whole = await ask(["write 500 words"]);
  expect(whole.text.split(" ")).toHaveLength(500);
  const cut = await ask(["write 500 words"], { max_tokens: 50 });
  expect(cut).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: 50 } });
  expect(cut.text).toBe(whole.text.slice(0, 200));
});

test("asked to go on, it takes up a long answer where what was sent ends", async () => {
  const whole = (await ask(["write 500 words"])).text;
  const start = (await ask(["write 500 words"], { max_tokens: 50 })).text;
  expect((await ask(["write 500 words", start, "Please continue from where you left off."])).text).toBe(whole.slice(start.length));
});

test("a context window that is nearly full ends the reply", async () => {
  const room = 20;
  const filler = "a".repeat((200_000 - room - 3 - 3 - 4) * 4);
  const { stop_reason, usage } = await ask([`${filler} write 500 words`], { model: "claude-haiku-4-5", max_tokens: 1_000 });
  expect({ stop_reason, output: usage.output_tokens }).toEqual({ stop_reason: "model_context_window_exceeded", output: room });
});

test("a stop sequence ends the reply in front of it", async () => {
  expect(await ask(["write 500 words"], { stop_sequences: ["is here"] })).toMatchObject({
    stop_reason: "stop_sequence",
    stop_sequence: "is here",
    text: "This sentence ",
  });
});

test("max_tokens 0 warms the cache and says nothing", async () => {
  expect(await ask(["hello"], { max_tokens: 0 })).toMatchObject({ content: [], stop_reason: "max_tokens" });
});

test("an output format gets JSON of that shape", async () => {
  const schema = {
    type: "object",
    properties: { city: { type: "string" }, size: { type: "integer" } },
    required: ["city", "size"],
    additionalProperties: false,
  };
  expect(JSON.parse((await ask(["Paris?"], { output_config: { format: { type: "json_schema", schema } } })).text)).toEqual({
    city: "practice",
    size: 0,
  });
});

test("the same request gets the same answer", async () => {
  expect((await ask(["What does enumerate do?"])).text).toBe((await ask(["What does enumerate do?"])).text);
});
