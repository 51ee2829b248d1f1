import { describe, expect, test } from "vitest";
import { begin, saidIn } from "../../test/begin.ts";
import { BINDING_MODEL, OLD_MODEL, says, thought, UNKNOWN_MODEL } from "../../test/builders.ts";
import { replied, said, type Scripted } from "../../test/scripted-client.ts";
import { delta, messageDelta, start, startBlock } from "../../test/stream-events.ts";

const cut = (text: string) => [
  start(),
  startBlock(0, says("")),
  delta(0, { type: "text_delta", text }),
  messageDelta("max_tokens"),
  { type: "message_stop" },
];
const broken = (text: string) => cut(text).slice(0, 3);
const fails: Scripted = () => {
  throw Object.assign(new Error("overloaded"), { status: 529, type: "overloaded_error" });
};
const lastOf = (body: { messages: readonly { role: string; content: readonly unknown[] }[] }) => body.messages.at(-1)!;

describe("a prefill", () => {
  test("is sent behind the message, and the reply reads as one with it", async () => {
    const { conversation, client } = await begin([said(" upon a time.")], { model: OLD_MODEL });
    const turn = conversation.send("A story.", { prefill: "Once" });
    expect((await Array.fromAsync(turn.textStream)).join("")).toBe("Once upon a time.");
    expect(await turn.result).toMatchObject({ outcome: { type: "completed", empty: false }, text: "Once upon a time." });
    expect(lastOf(client.bodies[0]!)).toMatchObject({ role: "assistant", content: [{ type: "text", text: "Once" }] });
  });

  test("is stored as what it is, apart from what the model said, and goes back joined with it", async () => {
    const { conversation } = await begin([said(" upon a time.")], { model: OLD_MODEL });
    await conversation.send("A story.", { prefill: "Once" }).result;
    expect(conversation.entries.slice(1)).toMatchObject([
      { role: "user", origin: "human" },
      { role: "assistant", origin: "synthetic", content: [says("Once")] },
      { role: "assistant", origin: "model", content: [says(" upon a time.")] },
    ]);
    const { body } = await conversation.request();
    expect(body.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(body.messages[1]!.content).toMatchObject([says("Once"), says(" upon a time.")]);
  });

  test("is told to readers as an event of its own, before the request goes out", async () => {
    const { conversation } = await begin([said(" upon")], { model: OLD_MODEL });
    const events = await Array.fromAsync(conversation.send("A story.", { prefill: "Once" }));
    const types = events.map(({ type }) => type);
    expect(types.indexOf("prefill-start")).toBe(types.indexOf("request-start") - 1);
    expect(events.find(({ type }) => type === "prefill-start")).toEqual({
      type: "prefill-start",
      entryId: conversation.entries[2]!.id,
      text: "Once",
    });
  });

  test("may be appended, and is then gone on from by resuming", async () => {
    const { conversation } = await begin([said(" upon")], { model: OLD_MODEL });
    await conversation.append({ role: "user", content: "A story." }, { origin: "human" });
    await conversation.append({ role: "assistant", content: "Once" });
    expect(await conversation.resume().result).toMatchObject({ text: "Once upon" });
  });

  test("is no text that the model might have repeated: what is alike stays", async () => {
    const refrain = "Row, row, row your boat. ".repeat(2).trimEnd();
    const { conversation } = await begin([said(refrain)], { model: OLD_MODEL });
    const turn = conversation.send("Sing.", { prefill: refrain });
    expect((await Array.fromAsync(turn.textStream)).join("")).toBe(refrain + refrain);
    expect((await turn.result).text).toBe(refrain + refrain);
  });

  test("is where a continuation goes on from as well, and all of it reads as one", async () => {
    const { conversation, client } = await begin([cut(" upon"), said(" a time.")], { model: OLD_MODEL });
    const { text } = await conversation.send("A story.", { prefill: "Once", limits: { continuations: 1 } }).result;
    expect(text).toBe("Once upon a time.");
    expect(lastOf(client.bodies[1]!)).toMatchObject({ role: "assistant", content: [says("Once"), { text: " upon" }] });
  });

  test("is shown again where its reply is asked for again", async () => {
    const thinks = [start(), startBlock(0, thought("hm")), messageDelta("max_tokens"), { type: "message_stop" }];
    const { conversation } = await begin([thinks, said(" upon")], { model: UNKNOWN_MODEL });
    const turn = conversation.send("A story.", { prefill: "Once", limits: { continuations: 1 } });
    const events = (await Array.fromAsync(turn)).map(({ type }) => type).filter((type) => /prefill|discarded/.test(type));
    expect(events).toEqual(["prefill-start", "reply-discarded", "prefill-start"]);
    expect((await turn.result).text).toBe("Once upon");
  });

  test("whose reply never came is kept, and gone on from by resuming", async () => {
    const { conversation, client } = await begin([fails, said(" upon")], { model: OLD_MODEL });
    expect((await conversation.send("A story.", { prefill: "Once" }).result).outcome.type).toBe("failed");
    expect(await conversation.resume().result).toMatchObject({ outcome: { type: "completed" }, text: "Once upon" });
    expect(client.bodies).toHaveLength(2);
  });

  test("whose reply broke off reads as one with the part of it, and with what comes by resuming", async () => {
    const { conversation } = await begin([broken(" upon"), said(" a time.")], { model: OLD_MODEL });
    expect(await conversation.send("A story.", { prefill: "Once" }).result).toMatchObject({
      outcome: { type: "interrupted" },
      text: "Once upon",
    });
    expect((await conversation.resume().result).text).toBe("Once upon a time.");
  });

  test("that was refused is left out with its message and its reply", async () => {
    const { conversation } = await begin([replied([says("No")], "refusal")], { model: OLD_MODEL });
    const { outcome } = await conversation.send("A story.", { prefill: "Once" }).result;
    expect(outcome).toMatchObject({ type: "refused", leftOut: conversation.entries.slice(1, 4).map(({ id }) => id) });
    expect((await conversation.request()).body.messages).toEqual([]);
  });

  test("behind a message that is too long for the model is left out with it", async () => {
    const tooLong: Scripted = () => {
      throw Object.assign(new Error("prompt is too long: 9 tokens > 8 maximum"), { status: 400 });
    };
    const { conversation } = await begin([tooLong, said("ok")], { model: OLD_MODEL });
    const { outcome } = await conversation.send("A story.", { prefill: "Once" }).result;
    expect(outcome).toMatchObject({ type: "context-full", leftOut: conversation.entries.slice(1, 3).map(({ id }) => id) });
    await conversation.send("A joke.").result;
    expect((await conversation.request()).body.messages[0]!.content).toMatchObject([says("A joke.")]);
  });

  test("is kept where its reply is made again", async () => {
    const { conversation, client } = await begin([said(" upon"), said(" long ago")], { model: OLD_MODEL });
    await conversation.send("A story.", { prefill: "Once" }).result;
    expect((await (await conversation.regenerate()).result).text).toBe("Once long ago");
    expect(lastOf(client.bodies[1]!)).toMatchObject({ role: "assistant", content: [{ text: "Once" }] });
  });

  test("comes with an edited message too", async () => {
    const { conversation } = await begin([said("a"), said(" upon")], { model: OLD_MODEL });
    const { entryId } = await conversation.send("A joke.").accepted;
    const turn = await conversation.edit(entryId!, "A story.", { prefill: "Once" });
    expect((await turn.result).text).toBe("Once upon");
    expect(saidIn(conversation)).toEqual(["A story.", "Once", " upon"]);
  });

  test("is sent to a model of which nothing is known", async () => {
    const { conversation } = await begin([said(" upon")], { model: UNKNOWN_MODEL });
    expect((await conversation.send("A story.", { prefill: "Once " }).result).text).toBe("Once  upon");
  });
});

describe("a prefill is refused before the request, with nothing stored,", () => {
  test.each<[string, object, string, string, RegExp]>([
    [
      "by a model that takes none",
      { model: BINDING_MODEL },
      "Once",
      "unsupported_by_model",
      /structured outputs \(`output_config\.format`\)/,
    ],
    ["where it ends in white space", { model: OLD_MODEL }, "Once ", "invalid_request", /cannot end with trailing whitespace/],
    [
      "where the model is told to think",
      { model: OLD_MODEL, max_tokens: 4096, thinking: { type: "enabled", budget_tokens: 1024 } },
      "Once",
      "invalid_request",
      /must start with a thinking block.*disable `thinking`/,
    ],
    [
      "where a form of the answer is asked for",
      { model: OLD_MODEL, output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
      "{",
      "invalid_request",
      /structured outputs are not compatible with assistant message prefill/,
    ],
    ["where it is nothing", { model: OLD_MODEL }, "", "invalid_input", /says nothing \(""\)/],
    ["where it is white space", { model: OLD_MODEL }, " \n", "invalid_input", /says nothing/],
    ["where it is no text", { model: OLD_MODEL }, 7 as never, "invalid_input", /says nothing \(7\)/],
  ])("%s", async (_, settings, prefill, code, message) => {
    const { conversation, client } = await begin([], settings);
    const turn = conversation.send("A story.", { prefill });
    await expect(turn.accepted).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect((await turn.result).outcome).toMatchObject({ type: "failed", failure: { code } });
    expect(conversation.entries).toHaveLength(1);
    expect(client.bodies).toEqual([]);
  });

  test("also that of an edited message, and the head stays", async () => {
    const { conversation } = await begin([said("a")], { model: BINDING_MODEL });
    const { entryId } = await conversation.send("A joke.").accepted;
    const { branchId } = conversation;
    await expect(conversation.edit(entryId!, "A story.", { prefill: "Once" })).rejects.toMatchObject({ code: "unsupported_by_model" });
    expect(conversation.branchId).toBe(branchId);
  });
});
