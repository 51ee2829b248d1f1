import { request, talk, text, toolResult, toolUse, type Example, type NearMiss } from "./example.ts";

export const SYSTEM_MESSAGE_EXAMPLES: readonly Example[] = [
  {
    rule: "system-message-unsupported",
    body: request({ messages: talk(["system", "Be brief."]) }),
    path: "messages.1",
    message:
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
  },
  {
    rule: "system-message-misplaced",
    body: request({ model: "claude-opus-5", messages: [{ role: "system", content: "Be brief." }] }),
    path: "messages.0",
    message: "messages.0: a `system` message must follow a `user` message and be last or precede an `assistant` message",
  },
  {
    rule: "system-message-misplaced",
    body: request({
      model: "claude-opus-5",
      messages: talk(["assistant", "Hi"], ["system", "Be brief."]),
    }),
    path: "messages.2",
    message: "messages.2: a `system` message must follow a `user` message and be last or precede an `assistant` message",
  },
  {
    rule: "system-message-misplaced",
    body: request({
      model: "claude-opus-5",
      messages: talk(["system", "Be brief."], ["user", "Go on"]),
    }),
    path: "messages.1",
    message: "messages.1: a `system` message must follow a `user` message and be last or precede an `assistant` message",
  },
  {
    rule: "system-message-content",
    body: request({ model: "claude-opus-5", messages: talk(["system", [toolResult("t")]]) }),
    path: "messages.1.content.0",
    message: "messages.1.content.0: `tool_result` blocks are not accepted in `system` messages",
  },
];

export const SYSTEM_MESSAGE_NEAR_MISSES: readonly NearMiss[] = [
  {
    rule: "system-message-misplaced",
    body: request({ model: "mystery-1", messages: [{ role: "system", content: "Be brief." }] }),
  },
  {
    rule: "system-message-unsupported",
    body: request({ model: "mystery-1", messages: talk(["system", "x"]) }),
  },
  {
    rule: "system-message-unsupported",
    body: request({ model: "claude-opus-4-8", messages: talk(["system", "x"]) }),
  },
  {
    rule: "system-message-misplaced",
    body: request({
      model: "claude-opus-5",
      messages: talk(["system", "a"], ["system", [text("b")]], ["assistant", "Hi"], ["user", "Go on"], ["system", "c"]),
    }),
  },
  {
    rule: "system-message-misplaced",
    body: request({
      model: "claude-opus-5",
      messages: talk(
        [
          "assistant",
          [
            { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} },
            { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
          ],
        ],
        ["system", "Be brief."],
      ),
    }),
  },
  {
    rule: "system-message-misplaced",
    body: request({
      model: "claude-opus-5",
      messages: talk(["assistant", [toolUse("t")]], ["user", [toolResult("t")]], ["system", "Be brief."]),
    }),
  },
];
