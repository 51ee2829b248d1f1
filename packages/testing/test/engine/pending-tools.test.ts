import type { RunnableTool } from "@antiphon/core";
import { toolUse } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { boundaries, goOn, messagesOf, type Practice, practice, say, spoken } from "./practice.ts";

const definition = (name: string) => ({ name, input_schema: { type: "object" as const } });
const search = { type: "web_search_20250305", name: "web_search" } as const;
const searching = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } };
const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
const result = (id: string, content: string, more: object = {}) => ({ type: "tool_result", tool_use_id: id, content, ...more }) as const;

/** A reply that waits for the server's tool and for the caller's at once. */
async function pending(at: Practice) {
  const conversation = await at.start({ tools: [search, definition("elsewhere")] });
  at.server.script({
    content: [{ type: "text", text: "Both." }, searching, toolUse("elsewhere", {}, "toolu_1"), toolUse("elsewhere", {}, "toolu_2")],
  });
  expect((await say(conversation)).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1", "toolu_2"] });
  return conversation;
}

test("while a server tool is pending the message that answers holds only tool results, however they came", async () => {
  await using at = await practice();
  const conversation = await pending(at);
  await conversation.append({ role: "user", content: [result("toolu_2", "two")] });
  expect((await conversation.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1"] });
  await conversation.append({ role: "user", content: [result("toolu_1", "one")] });
  at.server.script({ content: [found, { type: "text", text: "Found." }] });
  expect(await conversation.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "Found." });
  expect(spoken(messagesOf(at.server.requests[1]!.body)).slice(1)).toEqual([
    "assistant: Both. | server_tool_use | tool_use | tool_use",
    "user: result toolu_2 | result toolu_1",
  ]);
  expect(boundaries(conversation)).toEqual([]);
  await goOn(at, conversation);
});

test("what a tool of ours returned late does not speak there: it waits until the server's tool has its result", async () => {
  const slow = Promise.withResolvers<string>();
  const tools: RunnableTool[] = [
    { ...definition("slow"), timeoutMs: 60, run: () => slow.promise },
    { ...definition("quick"), run: () => (slow.resolve("at last"), "quick") },
  ];
  await using at = await practice({ tools, limits: { parallelTools: 1 } });
  const conversation = await at.start({ tools: [search] });
  at.server.script(
    { content: [searching, toolUse("slow", {}, "toolu_1"), toolUse("quick", {}, "toolu_2")] },
    { content: [found, { type: "text", text: "Found." }] },
  );
  const turn = conversation.send("Begin.");
  for await (const event of turn) if (event.type === "tool-start") break;
  at.environment.pass(60);
  expect((await turn.result).outcome).toEqual({ type: "completed", empty: false });
  expect(spoken(messagesOf(at.server.requests[1]!.body)).at(-1)).toBe("user: result toolu_1 (error) | result toolu_2");
  expect(boundaries(conversation)).toEqual([]);
  expect(spoken(await goOn(at, conversation)).at(-1)).toBe("user: [A late result of the tool call toolu_1: at last] | Go on.");
});

test("a person who speaks instead answers the caller's calls, and the server's call is not sent any more", async () => {
  await using at = await practice();
  const conversation = await pending(at);
  await conversation.append({ role: "user", content: [result("toolu_1", "one")] });
  const sent = await goOn(at, conversation);
  expect(spoken(sent).slice(1)).toEqual([
    "assistant: Both. | tool_use | tool_use",
    "user: result toolu_1 | result toolu_2 (error) | Go on.",
  ]);
  expect(boundaries(conversation)).toEqual(["superseded"]);
  expect(JSON.stringify(conversation.entries)).toContain("srvtoolu_1");
  expect(spoken(await goOn(at, conversation)).slice(0, 3)).toEqual(spoken(sent));
});

test("a call's toolset goes back with its result: ours, the caller's, and one that repair makes up", async () => {
  const tool: RunnableTool = { ...definition("here"), run: () => "here" };
  await using at = await practice({ tools: [tool] });
  const conversation = await at.start({ tools: [definition("elsewhere"), definition("here")] });
  const of = (name: string, id: string) => ({ ...toolUse(name, {}, id), toolset_name: "kit" });
  await conversation.append({ role: "user", content: "Begin." }, { origin: "human" });
  await conversation.record({
    model: "m",
    content: [of("here", "toolu_1"), of("elsewhere", "toolu_2"), of("elsewhere", "toolu_3")],
    stop_reason: "tool_use",
  });
  expect((await conversation.resume().result).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_2", "toolu_3"] });
  await conversation.append({ role: "user", content: [result("toolu_2", "there", { toolset_name: "kit" })] });
  const { body } = await conversation.request();
  expect(messagesOf(body).at(-1)!.content).toMatchObject(
    ["toolu_1", "toolu_2", "toolu_3"].map((id) => ({ tool_use_id: id, toolset_name: "kit" })),
  );
});

test("a call that code on the server made is answered with its result, and its caller goes back as it came", async () => {
  await using at = await practice();
  const conversation = await at.start({
    tools: [{ type: "code_execution_20260120", name: "code_execution" } as never, definition("weather")],
  });
  const code = {
    type: "server_tool_use",
    id: "srvtoolu_1",
    name: "code_execution",
    input: { code: "await weather()" },
    caller: { type: "direct" },
  };
  const call = { ...toolUse("weather", {}, "toolu_1"), caller: { type: "code_execution_20260120", tool_id: "srvtoolu_1" } };
  at.server.script({ content: [code, call] });
  expect((await say(conversation)).outcome).toEqual({ type: "waiting", toolUseIds: ["toolu_1"] });
  await conversation.append({ role: "user", content: [result("toolu_1", "sun")] });
  const ran = {
    type: "code_execution_tool_result",
    tool_use_id: "srvtoolu_1",
    content: { type: "code_execution_result", stdout: "sun", stderr: "", return_code: 0, content: [] },
  };
  at.server.script({ content: [ran, { type: "text", text: "Sunny." }] });
  expect(await conversation.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "Sunny." });
  const [, asked, answered] = messagesOf(at.server.requests[1]!.body);
  expect(asked!.content).toEqual([code, call]);
  expect(answered!.content).toEqual([result("toolu_1", "sun")]);
});
