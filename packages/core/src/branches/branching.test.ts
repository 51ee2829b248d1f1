import { describe, expect, test } from "vitest";
import { begin, type Begun, saidIn } from "../../test/begin.ts";
import { call } from "../../test/builders.ts";
import { replied, said } from "../../test/scripted-client.ts";

/** A conversation of two exchanges: `one`, `a`, `two`, `b`. */
async function twoExchanges(...more: string[]): Promise<Begun> {
  const begun = await begin(["a", "b", ...more].map((text) => said(text)));
  await begun.conversation.send("one").result;
  await begun.conversation.send("two").result;
  return begun;
}

const entryOf = (conversation: Begun["conversation"], text: string) =>
  conversation.entries.find((entry) => entry.kind === "message" && entry.content[0]?.text === text)!.id;
const headOf = async ({ chat, conversation }: Begun) => saidIn(await chat.open(conversation.id));

describe("undo and redo", () => {
  test("take back and bring back, twice each, and the head goes along", async () => {
    const begun = await twoExchanges();
    const { conversation } = begun;
    await conversation.undo();
    expect(saidIn(conversation)).toEqual(["one", "a"]);
    await conversation.undo();
    expect(saidIn(conversation)).toEqual([]);
    expect(await headOf(begun)).toEqual([]);
    await conversation.redo();
    expect(saidIn(conversation)).toEqual(["one", "a"]);
    await conversation.redo();
    expect(saidIn(conversation)).toEqual(["one", "a", "two", "b"]);
    expect(await headOf(begun)).toEqual(["one", "a", "two", "b"]);
  });

  test("have an end on both sides", async () => {
    const { conversation } = await twoExchanges();
    await expect(conversation.redo()).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("nothing to bring back"),
    });
    await conversation.undo();
    await conversation.undo();
    await expect(conversation.undo()).rejects.toMatchObject({
      code: "not_found",
      message: "There is no message of a person on this path.",
    });
    expect(saidIn(conversation)).toEqual([]);
  });

  test("bring nothing back once something else was said", async () => {
    const { conversation } = await twoExchanges("c");
    await conversation.undo();
    await conversation.send("three").result;
    await expect(conversation.redo()).rejects.toMatchObject({ code: "invalid_input" });
    expect(saidIn(conversation)).toEqual(["one", "a", "three", "c"]);
  });

  test("bring nothing back on a fork that took nothing", async () => {
    const { conversation } = await twoExchanges();
    const fork = await conversation.fork(conversation.entries.at(-1)!.id);
    await expect(fork.redo()).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("bring nothing back on a fork from an entry, since nothing was taken back there", async () => {
    const { conversation } = await twoExchanges();
    const fork = await conversation.fork(entryOf(conversation, "a"));
    await expect(fork.redo()).rejects.toMatchObject({ code: "invalid_input" });
    expect(saidIn(fork)).toEqual(["one", "a"]);
    await conversation.undo();
    const behind = await conversation.fork(conversation.entries.at(-1)!.id);
    await expect(behind.redo()).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("bring back what was taken also once settings were changed, and in another process", async () => {
    const { chat, conversation } = await twoExchanges();
    await conversation.undo();
    await conversation.update({ max_tokens: 77 });
    await conversation.update({ system: "Be kind." }, { accept: true });
    const other = await chat.open(conversation.id);
    await other.redo();
    expect(saidIn(other)).toEqual(["one", "a", "two", "b"]);
  });

  test("bring nothing back once another handle said something there", async () => {
    const { chat, conversation } = await twoExchanges("c");
    await conversation.undo();
    await (await chat.open(conversation.id)).send("three").result;
    await expect(conversation.redo()).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("leave an entry that says what was taken, and nothing of it in the next request", async () => {
    const { conversation } = await twoExchanges();
    const two = entryOf(conversation, "two");
    await conversation.undo();
    expect(conversation.entries.at(-1)).toMatchObject({ boundary: { type: "left-out", entryIds: [two], reason: "undo" } });
    expect((await conversation.request()).body.messages).toHaveLength(2);
  });

  test("take back what a person said, not what a tool answered them or a program made up", async () => {
    const tool = { name: "look_up", input_schema: { type: "object" }, run: () => "found" };
    const { conversation } = await begin([replied([call("t1")], "tool_use"), said("a")], {}, { tools: [tool] });
    await conversation.send("one").result;
    await conversation.append({ role: "user", content: "made up" });
    await conversation.undo();
    expect(conversation.entries.filter(({ kind }) => kind === "message")).toEqual([]);
  });

  test("delete nothing: every branch can still be opened", async () => {
    const { chat, conversation } = await twoExchanges();
    const before = conversation.branchId;
    await conversation.undo();
    expect(saidIn(await chat.open(conversation.id, before))).toEqual(["one", "a", "two", "b"]);
  });
});

describe("an edit", () => {
  test("asks something else in place of a message, on a branch of its own that is the head", async () => {
    const begun = await twoExchanges("c");
    const { conversation, client } = begun;
    const turn = await conversation.edit(entryOf(conversation, "two"), "other");
    expect((await turn.result).text).toBe("c");
    expect(saidIn(conversation)).toEqual(["one", "a", "other", "c"]);
    expect(await headOf(begun)).toEqual(["one", "a", "other", "c"]);
    expect(client.bodies.at(-1)?.messages).toHaveLength(3);
  });

  test.each([
    ["an empty message", "", "invalid_input"],
    ["a message that the API would refuse", [{ type: "text", text: "x", citations: [{ type: "char_location" }] }], "invalid_request"],
  ])("is refused before anything moves: %s", async (_, content, code) => {
    const begun = await twoExchanges();
    const { conversation } = begun;
    await expect(conversation.edit(entryOf(conversation, "two"), content)).rejects.toMatchObject({ code });
    expect(saidIn(conversation)).toEqual(["one", "a", "two", "b"]);
    expect(await conversation.branches()).toHaveLength(1);
  });

  test("of what is no message to the model is refused", async () => {
    const { conversation } = await twoExchanges();
    for (const id of [conversation.entries[0]!.id, entryOf(conversation, "a")]) {
      await expect(conversation.edit(id, "other")).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining(id) });
    }
    await expect(conversation.edit("e-none", "other")).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("e-none"),
    });
    expect(await conversation.branches()).toHaveLength(1);
  });
});

describe("a fork", () => {
  test("is a handle of its own, and what is said there is not said here", async () => {
    const begun = await twoExchanges("c", "d");
    const { conversation } = begun;
    const fork = await conversation.fork(entryOf(conversation, "a"));
    await fork.send("three").result;
    await conversation.send("four").result;
    expect(saidIn(fork)).toEqual(["one", "a", "three", "c"]);
    expect(saidIn(conversation)).toEqual(["one", "a", "two", "b", "four", "d"]);
    expect(await headOf(begun)).toEqual(["one", "a", "three", "c"]);
  });

  test("copies nothing", async () => {
    const { conversation, store } = await twoExchanges();
    const fork = await conversation.fork(entryOf(conversation, "b"));
    const branch = (await store.open(conversation.id))?.branches.find(({ id }) => id === fork.branchId);
    expect(branch).toMatchObject({ parentBranchId: conversation.branchId, forkSeq: 5, tipSeq: 5 });
  });
});

describe("a reply that is made again", () => {
  test("stands on a branch of its own, and the old one stays", async () => {
    const { chat, conversation } = await twoExchanges("b again");
    const before = conversation.branchId;
    expect((await (await conversation.regenerate()).result).text).toBe("b again");
    expect(saidIn(conversation)).toEqual(["one", "a", "two", "b again"]);
    expect(saidIn(await chat.open(conversation.id, before))).toEqual(["one", "a", "two", "b"]);
    await expect(conversation.redo()).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("needs a reply", async () => {
    const { conversation } = await begin();
    await expect(conversation.regenerate()).rejects.toMatchObject({
      code: "not_found",
      message: "There is no reply at the end of this path that could be made again.",
    });
  });
});

describe("the settings in force", () => {
  test("are those of an edit and of a reply made again too, wherever they begin, fields that were taken away included", async () => {
    const { conversation, client } = await begin(["a", "b", "c", "d"].map(said), { system: "Old.", stop_sequences: ["END"] });
    await conversation.send("one").result;
    await conversation.update({ system: "New.", stop_sequences: undefined, max_tokens: 9 }, { accept: true });
    const now = conversation.settings;
    await (
      await conversation.regenerate()
    ).result;
    await (
      await conversation.edit(entryOf(conversation, "one"), "uno")
    ).result;
    expect(conversation.settings).toEqual(now);
    for (const body of client.bodies.slice(1)) {
      expect(body).toMatchObject({ system: "New.", max_tokens: 9 });
      expect(body).not.toHaveProperty("stop_sequences");
    }
  });

  test("cost a branch nothing where they did not change", async () => {
    const { conversation } = await twoExchanges("c");
    await (
      await conversation.regenerate()
    ).result;
    expect(conversation.entries.filter(({ kind }) => kind !== "message")).toHaveLength(1);
  });

  test("that do not go with what is said refuse an edit before anything moves", async () => {
    const { conversation } = await begin([said("a")]);
    await conversation.send("one").result;
    const source = { type: "text", media_type: "text/plain", data: "A text." };
    const cited = [{ type: "document", source, citations: { enabled: true } }];
    const schema = { type: "object", additionalProperties: false };
    await conversation.update({ output_config: { format: { type: "json_schema", schema } } }, { accept: true });
    await expect(conversation.edit(entryOf(conversation, "one"), cited)).rejects.toMatchObject({ code: "invalid_request" });
    expect(await conversation.branches()).toHaveLength(1);
  });
});
