import { describe, expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { BINDING_MODEL, call, says, thought } from "../../test/builders.ts";
import { replied, said } from "../../test/scripted-client.ts";
import { repliedWith } from "../../test/usage.ts";
import type { Conversation } from "../conversation.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import type { MessagesClient } from "../turn/messages-client.ts";
import type { Summarise, SummaryAnswer } from "./ask-summary.ts";

const accept = { accept: true };
const FRAME = "[What was said before this is not here any more. A summary of it:]\n\n";

async function talked(client?: MessagesClient) {
  const answers = [0, 1, 2].map((n) => repliedWith({ input_tokens: 1, cache_creation_input_tokens: 50 }, [thought(`${n}`), says(`a${n}`)]));
  const begun = await begin([...answers, said("and on")], { model: BINDING_MODEL, system: "Be brief." });
  for (const question of ["q0", "q1", "q2"]) await begun.conversation.send(question).result;
  if (client === undefined) return begun;
  return {
    ...begun,
    conversation: await (
      await begin([], {}, { client, store: begun.store, environment: begun.environment })
    ).chat.open(begun.conversation.id),
  };
}

const sent = async (conversation: Conversation) =>
  (await conversation.request()).body.messages as unknown as { role: string; content: ContentBlock[] }[];

describe("a summary by a function", () => {
  test("stands in place of what it was given, in front of what stays", async () => {
    const { conversation } = await talked();
    const asked: unknown[] = [];
    const by: Summarise = (messages, { settings, instructions }) => {
      asked.push(
        messages.map(({ role }) => role),
        settings.system,
        settings.model,
        instructions,
      );
      return "Much was said.";
    };
    expect(await conversation.summarise({ by, keep: { turns: 1 }, instructions: "Names." }, accept)).toEqual({
      thinkingBlocks: 3,
      cachedTokens: 50,
      toolPairs: 0,
    });
    expect(asked).toEqual([["user", "assistant", "user", "assistant"], "Be brief.", BINDING_MODEL, "Names."]);
    expect(await sent(conversation)).toMatchObject([
      { role: "user", content: [{ text: `${FRAME}Much was said.` }, { text: "q2" }] },
      { role: "assistant", content: [{ type: "text", text: "a2" }] },
    ]);
  });

  test("takes every turn that was answered, unless told, and not the question that waits", async () => {
    const { conversation } = await talked();
    await conversation.summarise({ by: () => "S1" }, accept);
    await conversation.append({ role: "user", content: "q3" }, { origin: "human" });
    expect(await sent(conversation)).toMatchObject([{ content: [{ text: `${FRAME}S1` }, { text: "q3" }] }]);
    await conversation.summarise({ by: () => "S2" }, accept);
    expect(await sent(conversation)).toMatchObject([{ content: [{ text: `${FRAME}S2` }, { text: "q3" }] }]);
  });

  test("goes through the entry that is named, and refuses one inside of a turn", async () => {
    const { conversation } = await talked();
    const [question, answer] = conversation.entries.filter(({ kind }) => kind === "message");
    const by = () => "S";
    await expect(conversation.summarise({ by, through: question!.id }, accept)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(question!.id),
    });
    await expect(conversation.summarise({ by, through: "nowhere" }, accept)).rejects.toMatchObject({ code: "not_found" });
    await expect(conversation.summarise({ by, through: answer!.id, keep: { turns: 1 } }, accept)).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(conversation.summarise({ by, keep: { turns: 0 } }, accept)).rejects.toMatchObject({ code: "invalid_input" });
    await conversation.summarise({ by, through: answer!.id }, accept);
    expect(await sent(conversation)).toHaveLength(4);
    // In front of the first turn that is sent there is only the summary.
    await conversation.summarise({ by: () => "S of S", through: answer!.id }, accept);
    expect((await sent(conversation))[0]?.content[0]).toMatchObject({ text: `${FRAME}S of S` });
  });

  test("is free and asks nobody where there is nothing to tell", async () => {
    const { conversation } = await begin();
    const by = () => expect.unreachable("asked");
    expect(await conversation.summarise({ by })).toEqual({ thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 });
    expect(conversation.entries).toHaveLength(1);
  });

  test("is asked for only when its bill is accepted", async () => {
    const { conversation } = await talked();
    await expect(conversation.summarise({ by: () => expect.unreachable("asked") })).rejects.toMatchObject({ code: "bill_not_accepted" });
  });

  test("may be content, or a whole message", async () => {
    const { conversation } = await talked();
    await conversation.summarise({ by: () => [says("in blocks")] }, accept);
    expect(await sent(conversation)).toMatchObject([{ role: "user", content: [{ text: "in blocks" }] }]);
    await conversation.summarise(
      { by: () => ({ model: "m", content: [thought("hm"), says("by a model")], stop_reason: "end_turn" }) },
      accept,
    );
    expect(await sent(conversation)).toMatchObject([{ content: [{ text: `${FRAME}by a model` }] }]);
  });

  const cause = new Error("no network");
  test.each<[string, () => SummaryAnswer | Promise<SummaryAnswer>, object]>([
    ["throws", () => Promise.reject(cause), { cause }],
    ["gives an empty text", () => " \n", {}],
    ["gives no blocks", () => [], {}],
    ["gives nothing", () => undefined as unknown as string, {}],
    ["gives a refusal", () => ({ model: "m", content: [says("No.")], stop_reason: "refusal" }), { details: { stopReason: "refusal" } }],
    [
      "gives half a reply",
      () => ({ model: "m", content: [says("So f")], stop_reason: "max_tokens" }),
      { details: { stopReason: "max_tokens" } },
    ],
    ["gives a reply without text", () => ({ model: "m", content: [thought("hm")], stop_reason: "end_turn" }), {}],
  ])("changes nothing where its function %s", async (_, by, error) => {
    const { conversation } = await talked();
    const before = [...conversation.entries];
    await expect(conversation.summarise({ by }, accept)).rejects.toMatchObject({ code: "summary_failed", retryable: true, ...error });
    expect(conversation.entries).toEqual(before);
    expect((await conversation.send("and on?").result).outcome.type).toBe("completed");
  });

  test("changes nothing where it is what no user can say", async () => {
    const { conversation } = await talked();
    const before = conversation.entries.length;
    await expect(conversation.summarise({ by: () => [call("t1")] }, accept)).rejects.toMatchObject({ code: "invalid_request" });
    expect(conversation.entries).toHaveLength(before);
  });

  test("can be called off, and changes nothing then", async () => {
    const { conversation } = await talked();
    const before = conversation.entries.length;
    const controller = new AbortController();
    const by: Summarise = async (_, { signal }) => {
      controller.abort();
      expect(signal.aborted).toBe(true);
      return "too late";
    };
    await expect(conversation.summarise({ by }, { ...accept, signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
    await expect(
      conversation.summarise({ by: () => expect.unreachable("asked") }, { ...accept, signal: controller.signal }),
    ).rejects.toMatchObject({ name: "AbortError" });
    expect(conversation.entries).toHaveLength(before);
  });
});

describe("a summary by the API", () => {
  const block = { type: "compaction", content: "Much was said.", signature: "sig" };
  const compacted = {
    id: "msg_9",
    model: BINDING_MODEL,
    content: [block],
    stop_reason: "compaction",
    usage: { input_tokens: 0, iterations: [{ type: "compaction", input_tokens: 144 }] },
  };
  /** A client whose beta endpoint answers so. */
  const answering = (answer: unknown) => {
    const bodies: Record<string, unknown>[] = [];
    const create = async (body: Record<string, unknown>) => {
      bodies.push(body);
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return { bodies, client: { messages: { create }, beta: { messages: { create } } } };
  };

  test("is the block of its answer, first in the next request, with the beta that it needs", async () => {
    const { bodies, client } = answering(compacted);
    const { conversation } = await talked(client);
    await conversation.update({ stop_sequences: ["END"], betas: ["fast-mode-2026-02-01"] });
    await conversation.summarise({ by: "api", keep: { turns: 1 }, instructions: "Names." }, accept);
    expect(bodies).toMatchObject([
      {
        compaction: { type: "summarize", instructions: "Names." },
        betas: ["fast-mode-2026-02-01", "compact-2026-09-04"],
        system: "Be brief.",
        max_tokens: 8192,
        messages: [{ role: "user" }, { role: "assistant" }, { role: "user" }, { role: "assistant" }],
      },
    ]);
    expect(bodies[0]).not.toHaveProperty("stop_sequences");
    const { body } = await conversation.request();
    expect(body.messages).toMatchObject([{ role: "assistant", content: [block] }, { role: "user" }, { role: "assistant" }]);
    expect(body.betas).toEqual(["fast-mode-2026-02-01", "compact-2026-09-04"]);
    expect(conversation.entries.at(-1)).toMatchObject({
      boundary: { type: "compaction", content: [block], reply: { usage: compacted.usage, responseId: "msg_9" } },
    });
  });

  test("leaves out what cannot go along with it", async () => {
    const { bodies, client } = answering(compacted);
    const { conversation } = await talked(client);
    await conversation.update(
      {
        tools: [{ name: "look_up", input_schema: { type: "object" } }],
        tool_choice: { type: "auto" },
        output_config: { effort: "high", format: { type: "json_schema", schema: { type: "object" } } },
        context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
      },
      accept,
    );
    await conversation.summarise({ by: "api" }, accept);
    expect(bodies[0]).toMatchObject({ tool_choice: { type: "auto" }, output_config: { effort: "high" } });
    expect(bodies[0]).not.toHaveProperty("context_management");
    expect(bodies[0]!.output_config).not.toHaveProperty("format");
  });

  const overloaded = Object.assign(new Error("Overloaded"), { status: 529, type: "overloaded_error" });
  test.each<[string, unknown, object]>([
    [
      "refused",
      { ...compacted, content: [], stop_reason: "refusal", stop_details: { type: "refusal", category: "cyber" } },
      { details: { stopReason: "refusal" } },
    ],
    ["cut off", { ...compacted, content: [], stop_reason: "max_tokens" }, { message: expect.stringContaining("max_tokens") }],
    ["without a block", { ...compacted, content: [], stop_reason: "end_turn" }, { details: { stopReason: "end_turn" } }],
    [
      "a failed compaction",
      { ...compacted, content: [{ type: "compaction", content: null }] },
      { message: expect.stringContaining("empty") },
    ],
    [
      "an error",
      overloaded,
      { cause: overloaded, details: { status: 529, retryable: true }, message: expect.stringContaining("Overloaded") },
    ],
    ["a page of HTML", "<html>", { message: expect.stringContaining("no reply") }],
  ])("changes nothing where the answer is %s", async (_, answer, error) => {
    const { conversation } = await talked(answering(answer).client);
    const before = [...conversation.entries];
    await expect(conversation.summarise({ by: "api" }, accept)).rejects.toMatchObject({ code: "summary_failed", ...error });
    expect(conversation.entries).toEqual(before);
  });

  test("is refused where the client has no beta endpoint", async () => {
    const { conversation } = await talked();
    await expect(conversation.summarise({ by: "api" }, accept)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("beta"),
    });
  });

  test("is refused where a turn that stays holds a compaction of the API's own", async () => {
    const { conversation } = await begin([said("a0"), replied([{ type: "compaction", content: "So far." }, says("a1")])]);
    await conversation.send("q0").result;
    await conversation.send("q1").result;
    await expect(conversation.summarise({ by: () => "S", keep: { turns: 1 } }, accept)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("compaction"),
    });
    await conversation.summarise({ by: () => "S" }, accept);
    expect(await sent(conversation)).toMatchObject([{ content: [{ text: `${FRAME}S` }] }]);
  });
});
