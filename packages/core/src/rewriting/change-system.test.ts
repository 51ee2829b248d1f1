import { describe, expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { BINDING_MODEL, call, OLD_MODEL, result, says, thought, UNKNOWN_MODEL } from "../../test/builders.ts";
import { replied, said, type Scripted } from "../../test/scripted-client.ts";
import { messageDelta, start, startBlock, stopBlock } from "../../test/stream-events.ts";
import type { Settings } from "../conversation/settings.ts";
import type { Conversation } from "../conversation.ts";
import type { RequestBody } from "../request/request-body.ts";
import { validateRequest } from "../request/validate-request.ts";

const FREE = { thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 };
const USAGE = { input_tokens: 5, cache_read_input_tokens: 300, cache_creation_input_tokens: 40, output_tokens: 9 };
const thinks = (text: string) => [
  start(),
  startBlock(0, thought("hm")),
  stopBlock(0),
  startBlock(1, says(text)),
  stopBlock(1),
  messageDelta("end_turn", { usage: USAGE }),
  { type: "message_stop" },
];
const fails: Scripted = () => {
  throw Object.assign(new Error("overloaded"), { status: 529, type: "overloaded_error" });
};

/** A conversation with one exchange behind it, in which the model thought and the API cached. */
async function answered(settings: Partial<Settings> = {}, ...more: readonly Scripted[]) {
  const answers = [thinks("One."), ...more, thinks("Two."), thinks("Three."), thinks("Four.")];
  const begun = await begin(answers, { model: BINDING_MODEL, system: "Be brief.", ...settings });
  await begun.conversation.send("First.").result;
  return begun;
}

const told = (body: RequestBody): string[] =>
  body.messages.map(
    ({ role, content }) => `${role}: ${content.map((block) => (block.type === "text" ? (block.text as string) : block.type)).join(" | ")}`,
  );
const sayings = async (conversation: Conversation) => {
  const { body } = await conversation.request();
  // It may end in a reply: then another message follows before it is sent.
  expect(validateRequest(body).filter(({ severity, rule }) => severity === "error" && rule !== "prefill-unsupported")).toEqual([]);
  return told(body as unknown as RequestBody);
};

describe("a changed system prompt, on a model that takes system messages", () => {
  test("is told in a message behind the next thing that is said: free, with the prefix kept", async () => {
    const { conversation, client } = await answered();
    expect(await conversation.update({ system: "Be kind." })).toEqual(FREE);
    expect(conversation.entries.at(-1)).toMatchObject({
      kind: "message",
      role: "system",
      content: [says("Be kind.")],
      origin: "synthetic",
      setting: "system",
    });
    await conversation.send("Second.").result;
    const [first, second] = client.bodies;
    expect(second!.system).toEqual(first!.system);
    expect(told(second!)).toEqual(["user: First.", "assistant: thinking | One.", "user: Second.", "system: Be kind."]);
  });

  test("is what `settings` says from then on, though the top of the request says the old one", async () => {
    const { conversation } = await answered();
    await conversation.update({ system: "Be kind." });
    expect(conversation.settings).toMatchObject({ system: "Be kind.", model: BINDING_MODEL });
    await conversation.update({ max_tokens: 99 });
    expect(conversation.settings).toMatchObject({ system: "Be kind.", max_tokens: 99 });
    expect((await conversation.request()).body).toMatchObject({ system: "Be brief.", max_tokens: 99 });
  });

  test("is told word for word, block for block, without the marks that are for the cache of the top", async () => {
    const { conversation } = await answered();
    const system = [says("Be kind."), { ...says(" Be quick."), cache_control: { type: "ephemeral" } }] as never;
    await conversation.update({ system });
    expect(conversation.entries.at(-1)).toMatchObject({ content: [says("Be kind."), says(" Be quick.")] });
    const before = conversation.entries.length;
    expect(await conversation.update({ system })).toEqual(FREE);
    expect(conversation.entries).toHaveLength(before);
  });

  test("that is the one it was told already changes nothing", async () => {
    const { conversation } = await answered();
    await conversation.update({ system: "Be kind." });
    const before = conversation.entries.length;
    await conversation.update({ system: "Be kind." });
    await conversation.update({ system: [{ type: "text", text: "Be kind." }] });
    expect(conversation.entries).toHaveLength(before);
  });

  test("comes with the other settings of the same change", async () => {
    const { conversation } = await answered();
    await conversation.update({ system: "Be kind.", max_tokens: 99 });
    expect(conversation.entries.slice(-2)).toMatchObject([
      { kind: "settings", settings: { system: "Be brief.", max_tokens: 99 } },
      { kind: "message", setting: "system" },
    ]);
  });

  test("pays only for what else loses the cache, and nothing is stored before that is accepted", async () => {
    const { conversation } = await answered();
    const before = conversation.entries.length;
    const change = { system: "Be kind.", tool_choice: { type: "none" } } as const;
    const bill = { ...FREE, cachedTokens: 340 };
    await expect(conversation.update(change)).rejects.toMatchObject({ code: "bill_not_accepted", details: { bill } });
    expect(conversation.entries).toHaveLength(before);
    expect(await conversation.update(change, { accept: true })).toEqual(bill);
    expect((await conversation.request()).explain.thinkingDropped).toEqual([]);
    expect(conversation.settings).toMatchObject(change);
  });

  test("changed twice without a reply between is told once", async () => {
    const { conversation } = await answered();
    await conversation.update({ system: "Be kind." });
    await conversation.update({ system: "Be quick." });
    await conversation.send("Second.").result;
    expect(await sayings(conversation)).toEqual([
      "user: First.",
      "assistant: thinking | One.",
      "user: Second.",
      "system: Be quick.",
      "assistant: thinking | Two.",
    ]);
  });

  test("taken back before anything was said is told not at all", async () => {
    const { conversation } = await answered();
    await conversation.update({ system: "Be kind." });
    await conversation.update({ system: "Be brief." });
    expect(conversation.settings.system).toBe("Be brief.");
    await conversation.send("Second.").result;
    expect((await sayings(conversation)).filter((line) => line.startsWith("system"))).toEqual([]);
  });

  test("taken back after a reply is told again", async () => {
    const { conversation } = await answered();
    await conversation.update({ system: "Be kind." });
    await conversation.send("Second.").result;
    expect(await conversation.update({ system: "Be brief." })).toEqual(FREE);
    await conversation.send("Third.").result;
    expect((await sayings(conversation)).filter((line) => line.startsWith("system"))).toEqual(["system: Be kind.", "system: Be brief."]);
  });

  test("is told where there was none before", async () => {
    const { conversation } = await answered({ system: undefined as never });
    expect(await conversation.update({ system: "Be kind." })).toEqual(FREE);
    expect((await conversation.request()).body.system).toBeUndefined();
    expect(conversation.settings.system).toBe("Be kind.");
  });

  test("waits until the calls of the last reply are answered", async () => {
    const { conversation } = await begin([replied([call("t1")], "tool_use"), said("done")], {
      model: BINDING_MODEL,
      tools: [{ name: "look_up", input_schema: { type: "object" } }],
    });
    await conversation.send("First.").result;
    await conversation.update({ system: "Be kind." });
    await conversation.append({ role: "user", content: [result("t1")] });
    expect(await sayings(conversation)).toEqual(["user: First.", "assistant: tool_use", "user: tool_result", "system: Be kind."]);
    expect((await conversation.resume().result).outcome.type).toBe("completed");
  });

  test("may be changed again while a call waits, and is then told once", async () => {
    const { conversation } = await begin([replied([call("t1")], "tool_use")], {
      model: BINDING_MODEL,
      tools: [{ name: "look_up", input_schema: { type: "object" } }],
    });
    await conversation.send("First.").result;
    await conversation.update({ system: "Be kind." });
    await conversation.update({ system: "Be quick." });
    await expect(conversation.update({ system: "Be slow." }, { swap: true, accept: true })).rejects.toMatchObject({ code: "turn_open" });
    await conversation.append({ role: "user", content: [result("t1")] });
    expect((await sayings(conversation)).slice(2)).toEqual(["user: tool_result", "system: Be quick."]);
  });

  test("stays where a window cuts off what it was told behind", async () => {
    const { conversation } = await answered();
    await conversation.update({ system: "Be kind." });
    await conversation.send("Second.").result;
    await conversation.send("Third.").result;
    await conversation.window({ keep: { turns: 1 } }, { accept: true });
    expect(await sayings(conversation)).toEqual(["user: Third.", "system: Be kind.", "assistant: Three."]);
    expect(conversation.settings.system).toBe("Be kind.");
  });

  test("does not make a finished turn one that can be resumed", async () => {
    const { conversation, client } = await answered();
    await conversation.update({ system: "Be kind." });
    expect((await conversation.resume().result).outcome).toEqual({ type: "completed", empty: false });
    expect(client.bodies).toHaveLength(1);
  });

  test("is undone, forked and edited away with what was said behind it", async () => {
    const { conversation } = await answered();
    const one = conversation.entries.at(-1)!;
    await conversation.update({ system: "Be kind." });
    const { entryId } = await conversation.send("Second.").accepted;
    const before = await conversation.fork(one.id);
    expect(before.settings.system).toBe("Be brief.");
    expect(conversation.settings.system).toBe("Be kind.");
    await (
      await conversation.edit(entryId!, "Second again.")
    ).result;
    expect(conversation.settings.system).toBe("Be kind.");
  });

  test("changed behind an undo does not keep what was undone from coming back", async () => {
    const { conversation } = await answered();
    await conversation.send("Second.").result;
    await conversation.undo();
    await conversation.update({ system: "Be kind." });
    await conversation.redo();
    expect(conversation.settings.system).toBe("Be brief.");
    expect((await sayings(conversation)).at(-2)).toBe("user: Second.");
  });

  test("moves behind the next message where the one that it stood behind got no reply, and an entry says so", async () => {
    const { conversation, client } = await answered({}, fails);
    await conversation.update({ system: "Be kind." });
    await conversation.send("Second.").result;
    expect(told(client.bodies[1]!).slice(-2)).toEqual(["user: Second.", "system: Be kind."]);
    const before = conversation.entries.length;
    await conversation.send("Third.").result;
    expect(told(client.bodies[2]!).slice(-2)).toEqual(["user: Second. | Third.", "system: Be kind."]);
    expect(conversation.entries.slice(before, -1)).toMatchObject([
      { kind: "boundary", boundary: { type: "left-out", reason: "said again below" }, bill: FREE },
      { kind: "message", origin: "human" },
      { kind: "message", role: "system", setting: "system" },
    ]);
    expect(conversation.settings.system).toBe("Be kind.");
  });
});

describe("a changed system prompt is a boundary, with its bill", () => {
  const bill = { thinkingBlocks: 1, cachedTokens: 340, toolPairs: 0 };

  test("where the caller wants it at the top", async () => {
    const { conversation } = await answered();
    await expect(conversation.update({ system: "Be kind." }, { swap: true })).rejects.toMatchObject({ details: { bill } });
    expect(await conversation.update({ system: "Be kind." }, { swap: true, accept: true })).toEqual(bill);
    expect((await conversation.request()).body.system).toBe("Be kind.");
  });

  test("where it goes: that cannot be told in a message", async () => {
    const { conversation } = await answered();
    await conversation.update({ system: "Be kind." });
    await expect(conversation.update({ system: undefined })).rejects.toMatchObject({ details: { bill } });
    await conversation.update({ system: undefined }, { accept: true });
    expect(conversation.settings.system).toBeUndefined();
    expect((await conversation.request()).body.system).toBeUndefined();
    expect((await sayings(conversation)).filter((line) => line.startsWith("system"))).toEqual([]);
  });

  test.each([
    ["takes no system messages", OLD_MODEL],
    ["is not known", UNKNOWN_MODEL],
  ])("on a model that %s", async (_, model) => {
    const { conversation } = await answered({ model });
    await expect(conversation.update({ system: "Be kind." })).rejects.toMatchObject({ details: { bill: { cachedTokens: 340 } } });
    await conversation.update({ system: "Be kind." }, { accept: true });
    expect((await conversation.request()).body.system).toBe("Be kind.");
  });

  test("that is free while no reply was made under the old one", async () => {
    const { conversation } = await answered();
    await conversation.update({ system: "Be kind." }, { swap: true, accept: true });
    expect(await conversation.update({ system: "Be quick." })).toEqual(FREE);
    expect(conversation.entries.at(-1)).toMatchObject({ kind: "boundary", boundary: { type: "settings" } });
  });
});

describe("a change of model", () => {
  test.each([OLD_MODEL, "claude-opus-5-5", UNKNOWN_MODEL])(
    "to %s puts what was told last to the top, and sends the earlier messages no more",
    async (model) => {
      const { conversation } = await answered();
      await conversation.update({ system: "Be kind." });
      await conversation.send("Second.").result;
      await conversation.update({ system: "Be quick." });
      await conversation.send("Third.").result;
      const bill = await conversation.update({ model }, { accept: true });
      expect(bill.cachedTokens).toBe(340);
      expect(bill.thinkingBlocks).toBe(model === "claude-opus-5-5" ? 3 : 0);
      expect((await conversation.request()).body).toMatchObject({ model, system: "Be quick." });
      expect(conversation.settings.system).toBe("Be quick.");
      expect((await sayings(conversation)).filter((line) => line.startsWith("system"))).toEqual([]);
      expect((await conversation.send("Fourth.").result).outcome.type).toBe("completed");
    },
  );

  test("to one that takes no system messages puts those of programs to the top as well", async () => {
    const { conversation } = await answered();
    await conversation.append({ role: "system", content: "The reader is on a telephone." });
    await conversation.send("Second.").result;
    await conversation.update({ model: OLD_MODEL }, { accept: true });
    expect((await conversation.request()).body.system).toEqual([says("Be brief."), says("The reader is on a telephone.")]);
    expect((await sayings(conversation)).filter((line) => line.startsWith("system"))).toEqual([]);
    expect((await conversation.send("Third.").result).outcome.type).toBe("completed");
  });

  test("to one that takes them leaves those of programs where they are", async () => {
    const { conversation } = await answered();
    await conversation.append({ role: "system", content: "The reader is on a telephone." });
    await conversation.send("Second.").result;
    await conversation.update({ model: "claude-opus-5-5" }, { accept: true });
    expect(await sayings(conversation)).toContain("system: The reader is on a telephone.");
    expect(conversation.settings.system).toBe("Be brief.");
  });
});

describe("bad input", () => {
  test.each<[string, unknown]>([
    ["nothing", ""],
    ["white space", " \n\t"],
    ["a block of white space", [says("Be kind."), says(" ")]],
  ])("a system prompt of %s is refused, and loses nothing", async (_, system) => {
    const { chat, conversation } = await answered();
    const refused = { code: "invalid_input", message: expect.stringContaining("leave `system` out") };
    const before = conversation.entries.length;
    await expect(conversation.update({ system: system as string })).rejects.toMatchObject(refused);
    expect(conversation.entries).toHaveLength(before);
    await expect(chat.create({ model: OLD_MODEL, max_tokens: 9, system: system as string })).rejects.toMatchObject(refused);
  });

  test("a system message for a model that takes none is refused, with what to do", async () => {
    const { conversation } = await answered({ model: OLD_MODEL });
    const before = conversation.entries.length;
    await expect(conversation.append({ role: "system", content: "Be kind." })).rejects.toMatchObject({
      code: "unsupported_by_model",
      message: expect.stringMatching(/role "system".*claude-sonnet-4-5.*top-level `system`/),
    });
    expect(conversation.entries).toHaveLength(before);
  });
});
