import { describe, expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { BINDING_MODEL, call, OLD_MODEL, result, says, serverCall, serverResult, thought } from "../../test/builders.ts";
import { Conversation } from "../conversation.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { validateRequest } from "../request/validate-request.ts";
import type { Plan } from "./plan.ts";

const TOOLS = [
  { name: "look_up", input_schema: { type: "object" as const } },
  { type: "code_execution_20250825" as const, name: "code_execution" as const },
];

/** What a caller's own loop does next, by the plan alone. */
const NEXT: { readonly [N in Plan["next"]]: (conversation: Conversation, plan: Extract<Plan, { next: N }>) => Promise<unknown> } = {
  finish: (conversation) => conversation.append({ role: "user", content: "And?" }, { origin: "human" }),
  "answer-tools": (conversation, { calls }) => conversation.append({ role: "user", content: calls.map(({ id }) => result(id)) }),
  resume: (conversation) => Promise.resolve(conversation),
  continue: async (conversation, { ask, prefill }) => prefill || conversation.append(ask),
  "ask-again": async (conversation, { maxTokens }) => {
    const before = await conversation.fork(conversation.entries.at(-2)!.id);
    await before.update({ max_tokens: maxTokens! });
    return before;
  },
  "leave-out": (conversation) => conversation.append({ role: "user", content: "Something else." }, { origin: "human" }),
  "make-room": (conversation) => conversation.append({ role: "user", content: "Go on." }, { origin: "human" }),
  decide: (conversation) => conversation.append({ role: "user", content: "Go on." }, { origin: "human" }),
};

type Row = readonly [next: Plan["next"], stopReason: string, content: readonly ContentBlock[], model: string];

const ROWS = (
  [
    ["finish", "end_turn", [thought("hm"), says("Yes.")]],
    ["finish", "end_turn", []],
    ["finish", "end_turn", [says("")]],
    ["finish", "stop_sequence", [says("Yes")]],
    ["answer-tools", "tool_use", [thought("hm"), says("Let me see."), call("t1"), call("t2")]],
    ["answer-tools", "tool_use", [serverCall("s1"), call("t1")]],
    ["resume", "pause_turn", [serverCall("s1"), serverResult("s1")]],
    ["resume", "compaction", [{ type: "compaction", content: "So far: much." }]],
    ["continue", "max_tokens", [says("Half of")]],
    ["continue", "max_tokens", [says("Half of")], OLD_MODEL],
    ["ask-again", "max_tokens", [thought("hm")]],
    ["ask-again", "max_tokens", [says("Let me see."), call("t1")]],
    ["ask-again", "max_tokens", []],
    ["leave-out", "refusal", [says("I")]],
    ["make-room", "model_context_window_exceeded", [says("Half of")]],
    ["decide", "later_reason", [says("Something")]],
  ] as const
).map(([next, stopReason, content, model = BINDING_MODEL]): Row => [next, stopReason, content, model]);

describe("the next request that a plan names is one that the API takes, for a caller who follows nothing but the plan", () => {
  test.each(ROWS)("%s, behind %s with %j", async (next, stop_reason, content, model) => {
    const { conversation } = await begin([], { model, tools: TOOLS });
    await conversation.append({ role: "user", content: "Begin." }, { origin: "human" });
    const plan = await conversation.record({ model, content, stop_reason });
    expect(plan.next).toBe(next);
    const does = NEXT[plan.next] as (conversation: Conversation, plan: Plan) => Promise<unknown>;
    const there = await does(conversation, plan);
    const { body } = await (there instanceof Conversation ? there : conversation).request();
    expect(body.messages.at(-1)).toBeDefined();
    expect(validateRequest(body).filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("every plan has a row", () => {
    expect(new Set(ROWS.map(([next]) => next))).toEqual(new Set(Object.keys(NEXT)));
  });

  test("where a server tool waits, a message that holds more than results is none that it names", async () => {
    const { conversation } = await begin([], { model: BINDING_MODEL, tools: TOOLS });
    await conversation.append({ role: "user", content: "Begin." }, { origin: "human" });
    const content = [serverCall("s1"), call("t1")];
    expect(await conversation.record({ model: BINDING_MODEL, content, stop_reason: "tool_use" })).toMatchObject({ onlyResults: true });
    const messages = [
      { role: "user", content: "Begin." },
      { role: "assistant", content },
    ];
    const answered = (more: readonly ContentBlock[]) =>
      validateRequest({
        model: BINDING_MODEL,
        max_tokens: 9,
        tools: TOOLS,
        messages: [...messages, { role: "user", content: [result("t1"), ...more] }],
      });
    expect(answered([])).toEqual([]);
    expect(answered([says("And?")]).map(({ rule }) => rule)).toEqual(["server-tool-unresolved"]);
  });
});
