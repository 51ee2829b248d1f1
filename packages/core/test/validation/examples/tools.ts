import { request, talk, text, tool, toolResult, toolUse, type Example, type NearMiss } from "./example.ts";

const serverUse = { type: "server_tool_use", id: "srvtoolu_1", name: "web_fetch", input: {} };
const serverResult = { type: "web_fetch_tool_result", tool_use_id: "srvtoolu_1", content: {} };
const webFetch = { type: "web_fetch_20260318", name: "web_fetch" };

const unanswered = (i: number, ids: string) =>
  `messages.${i}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;

export const TOOL_EXAMPLES: readonly Example[] = [
  {
    rule: "tool-use-without-result",
    body: request({
      messages: talk(["assistant", [text("a"), toolUse("t1"), toolUse("t2")]], ["user", "Go on"]),
    }),
    path: "messages.1.content.1",
    message: unanswered(1, "t1, t2"),
  },
  {
    rule: "tool-use-without-result",
    body: request({
      messages: talk(["assistant", [toolUse("t1"), toolUse("t2")]], ["user", [toolResult("t1")]]),
    }),
    path: "messages.1.content.1",
    message: unanswered(1, "t2"),
  },
  {
    rule: "tool-use-without-result",
    body: request({
      messages: talk(["assistant", [toolUse("t1")]], ["user", [text("Here:"), toolResult("t1")]]),
    }),
    path: "messages.1.content.0",
    message: unanswered(1, "t1"),
  },
  {
    rule: "tool-use-without-result",
    body: request({ messages: talk(["assistant", [toolUse("t1")]]) }),
    path: "messages.1.content.0",
    message: unanswered(1, "t1"),
  },
  {
    // The recorded one: the first message is the assistant's and counts as the second, and its tool use is followed by text.
    rule: "tool-use-without-result",
    body: request({
      messages: [
        { role: "assistant", content: [toolUse("call_1"), text("I will check the weather.")] },
        { role: "user", content: [toolResult("call_1")] },
        { role: "user", content: [text("Use that result to answer briefly.")] },
      ],
    }),
    path: "messages.0.content.0",
    message:
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: call_1. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
  },
  {
    // The recorded one: two user messages count as one.
    rule: "tool-result-without-use",
    body: request({ messages: talk(["user", [toolResult("toolu_01GHndag5wQmbzNihYmV2UBj")]]) }),
    path: "messages.1.content.0",
    message:
      "messages.0.content.1: unexpected `tool_use_id` found in `tool_result` blocks: toolu_01GHndag5wQmbzNihYmV2UBj. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
  },
  {
    rule: "tool-result-repeated",
    body: request({
      messages: talk(["assistant", [toolUse("t")]], ["user", [toolResult("t"), toolResult("t")]]),
    }),
    path: "messages.2.content.1",
    message: "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id: t",
  },
  {
    rule: "tool-use-id-repeated",
    body: request({
      messages: talk(["assistant", [toolUse("t"), toolUse("t")]], ["user", [toolResult("t")]]),
    }),
    path: "messages.1.content.1",
    message: "messages.1.content.1: `tool_use` ids must be unique",
  },
  {
    rule: "tool-block-in-wrong-role",
    body: request({ messages: [{ role: "user", content: [toolUse("t")] }] }),
    path: "messages.0.content.0",
    message: "messages.0: `tool_use` blocks can only be in `assistant` messages",
  },
  {
    rule: "tool-block-in-wrong-role",
    body: request({ messages: talk(["assistant", [toolResult("t")]], ["user", "x"]) }),
    path: "messages.1.content.0",
    message: "messages.1: `tool_result` blocks can only be in `user` messages",
  },
  {
    rule: "server-tool-unresolved",
    body: request({
      tools: [webFetch, tool()],
      messages: talk(["assistant", [serverUse, toolUse("t")]], ["user", [toolResult("t"), text("Go on")]]),
    }),
    path: "messages.1.content.0",
    message: "`web_fetch` tool use with id `srvtoolu_1` was found without a corresponding `web_fetch_tool_result` block",
  },
  {
    rule: "server-tool-not-provided",
    body: request({
      tools: [tool()],
      messages: talk(["assistant", [serverUse, toolUse("t")]], ["user", [toolResult("t")]]),
    }),
    path: "messages.1.content.0",
    message:
      "`web_fetch` tool use with id `srvtoolu_1` was found without a corresponding `web_fetch_tool_result` block, but no `web_fetch` tool was provided",
  },
];

export const TOOL_NEAR_MISSES: readonly NearMiss[] = [
  {
    rule: "tool-use-without-result",
    body: request({
      messages: talk(
        ["assistant", [toolUse("t1"), toolUse("t2")]],
        ["user", [toolResult("t2")]],
        ["user", [toolResult("t1"), text("and?")]],
      ),
    }),
  },
  {
    rule: "tool-use-without-result",
    body: request({
      messages: talk(
        ["assistant", [toolUse("t1"), { type: "thinking", thinking: "", signature: "s" }, toolUse("t2")]],
        ["user", [toolResult("t1"), toolResult("t2")]],
      ),
    }),
  },
  {
    rule: "tool-use-id-repeated",
    body: request({
      messages: talk(
        ["assistant", [toolUse("t")]],
        ["user", [toolResult("t")]],
        ["assistant", [toolUse("t")]],
        ["user", [toolResult("t")]],
      ),
    }),
  },
  {
    rule: "server-tool-unresolved",
    body: request({
      tools: [webFetch],
      messages: talk(
        ["assistant", [serverUse, toolUse("t")]],
        ["user", [toolResult("t")]],
        ["assistant", [serverResult, text("Done")]],
        ["user", "Thanks"],
      ),
    }),
  },
  {
    rule: "server-tool-unresolved",
    body: request({ tools: [webFetch], messages: talk(["assistant", [serverUse]]) }),
  },
  {
    rule: "server-tool-not-provided",
    body: request({ tools: [webFetch], messages: talk(["assistant", [serverUse]]) }),
  },
  {
    rule: "server-tool-not-provided",
    body: request({ messages: talk(["assistant", [serverUse, serverResult]], ["user", "Thanks"]) }),
  },
];
