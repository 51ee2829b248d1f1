import { describe, expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { BINDING_MODEL, call, result, says, thought } from "../../test/builders.ts";
import { replied, said } from "../../test/scripted-client.ts";
import { repliedWith } from "../../test/usage.ts";
import type { Conversation } from "../conversation.ts";
import { text } from "../messages/text.ts";
import type { WindowCut } from "./window.ts";

const FREE = { thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 };
const accept = { accept: true };

/** What is sent, in words. */
async function sent(conversation: Conversation): Promise<string[]> {
  return (await conversation.request()).body.messages.map(({ content }) => text(content as Parameters<typeof text>[0]));
}

/** A conversation of so many questions, each with its answer. */
async function talked(turns: number) {
  const begun = await begin(
    Array.from({ length: turns + 2 }, (_, n) =>
      repliedWith({ input_tokens: 5, cache_read_input_tokens: 10 * n, cache_creation_input_tokens: 10 }, [says(`a${n}`)]),
    ),
  );
  for (let n = 0; n < turns; n += 1) await begun.conversation.send(`q${n}`).result;
  return begun;
}

describe("a window by turns", () => {
  test("sends the newest turns, and stores a boundary with its bill", async () => {
    const { conversation } = await talked(4);
    const bill = { thinkingBlocks: 0, cachedTokens: 40, toolPairs: 0 };
    expect(await conversation.window({ keep: { turns: 2 } }, accept)).toEqual(bill);
    expect(await sent(conversation)).toEqual(["q2", "a2", "q3", "a3"]);
    expect(conversation.entries.at(-1)).toMatchObject({ kind: "boundary", boundary: { type: "window" }, bill });
  });

  test("cuts in steps: nothing is done, stored or asked until there are more than it cuts at", async () => {
    const { conversation } = await talked(0);
    const lengths: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      await conversation.send(`q${n}`).result;
      const before = conversation.entries.length;
      const bill = await conversation.window({ over: { turns: 4 }, keep: { turns: 2 } }, accept);
      expect(bill).toEqual(conversation.entries.length === before ? FREE : expect.anything());
      lengths.push((await sent(conversation)).length / 2);
    }
    expect(lengths).toEqual([1, 2, 3, 4, 2, 3, 4, 2, 3]);
  });

  test("asks its caller before it cuts, and stores nothing until the bill is accepted", async () => {
    const { conversation } = await talked(3);
    const before = conversation.entries.length;
    const bill = { thinkingBlocks: 0, cachedTokens: 30, toolPairs: 0 };
    const cut = { keep: { turns: 1 } };
    await expect(conversation.window(cut)).rejects.toMatchObject({ code: "bill_not_accepted", details: { bill } });
    const shown: unknown[] = [];
    await expect(conversation.window(cut, { accept: (told) => shown.push(told) === 0 })).rejects.toMatchObject({
      code: "bill_not_accepted",
    });
    expect([conversation.entries.length, shown]).toEqual([before, [bill]]);
    expect(await conversation.window(cut, { accept: ({ cachedTokens }) => cachedTokens < 100 })).toEqual(bill);
  });

  test("never splits a round of tools, and counts what goes with one", async () => {
    const { conversation } = await begin(
      [
        replied([thought("1"), call("t1"), call("t2")], "tool_use"),
        replied([thought("2"), says("a0")]),
        replied([thought("3"), call("t3")], "tool_use"),
        replied([says("a1")]),
      ],
      { model: BINDING_MODEL },
      { tools: [{ name: "look_up", input_schema: { type: "object" }, run: () => "found" }] },
    );
    await conversation.send("q0").result;
    await conversation.send("q1").result;
    expect(await conversation.window({ keep: { turns: 1 } }, accept)).toEqual({ thinkingBlocks: 3, cachedTokens: 0, toolPairs: 2 });
    const { body } = await conversation.request();
    expect(body.messages.map(({ content }) => (content as { type: string }[]).map(({ type }) => type))).toEqual([
      ["text"],
      ["tool_use"],
      ["tool_result"],
      ["text"],
    ]);
  });

  test("begins with what a person said, and with all that they said at once", async () => {
    const { conversation } = await begin([said("a0"), said("a1")]);
    await conversation.send("q0").result;
    await conversation.append({ role: "user", content: "by the way" }, { origin: "human" });
    await conversation.send("q1").result;
    await conversation.append({ role: "user", content: "Please continue." });
    await conversation.append({ role: "assistant", content: "made up" });
    await conversation.window({ keep: { turns: 1 } });
    expect(await sent(conversation)).toEqual(["by the wayq1", "a1", "Please continue.", "made up"]);
  });

  test("keeps instructions, whenever they were given", async () => {
    const { conversation } = await begin([said("a0"), said("a1")], { model: BINDING_MODEL });
    await conversation.append({ role: "system", content: "Speak French." });
    await conversation.send("q0").result;
    await conversation.send("q1").result;
    await conversation.window({ keep: { turns: 1 } }, accept);
    expect((await conversation.request()).body.messages.map(({ role }) => role)).toEqual(["user", "system", "assistant"]);
  });

  test.each<[string, unknown]>([
    ["no size", { keep: {} }],
    ["nothing", { keep: undefined }],
    ["no turn", { keep: { turns: 0 } }],
    ["half a turn", { keep: { turns: 1.5 } }],
    ["two units", { keep: { turns: 1, tokens: 2 } }],
    ["an unknown unit", { over: { days: 3 }, keep: { turns: 1 } }],
    ["more than it cuts at", { over: { turns: 2 }, keep: { turns: 3 } }],
  ])("is refused where it keeps %s", async (_, cut) => {
    const { conversation } = await talked(2);
    await expect(conversation.window(cut as WindowCut)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringMatching(/window/),
    });
  });
});

describe("a window by tokens", () => {
  const long = "word ".repeat(200);
  const sized = async () => {
    let tokens = 0;
    const begun = await begin(
      Array.from({ length: 6 }, (_, n) => ((tokens += 300), repliedWith({ input_tokens: tokens, output_tokens: 10 }, [says(`a${n}`)]))),
    );
    for (let n = 0; n < 6; n += 1) await begun.conversation.send(`q${n} ${long}`).result;
    return begun;
  };

  test("does nothing while the next request is smaller than it cuts at", async () => {
    const { conversation } = await sized();
    expect(await conversation.window({ over: { tokens: 2000 }, keep: { tokens: 600 } })).toEqual(FREE);
    expect(await sent(conversation)).toHaveLength(12);
  });

  test("keeps as many turns as fit", async () => {
    const { conversation } = await sized();
    await conversation.window({ over: { tokens: 1500 }, keep: { tokens: 1000 } });
    expect(await sent(conversation)).toHaveLength(6);
    await conversation.window({ keep: { tokens: 700 } });
    expect(await sent(conversation)).toHaveLength(4);
  });

  test("keeps the last turn, however long it is", async () => {
    const { conversation } = await sized();
    await conversation.window({ keep: { tokens: 1 } });
    expect(await sent(conversation)).toEqual([`q5 ${long}`, "a5"]);
  });
});

describe("while something is open", () => {
  test.each([
    ["a call that its caller answers", [call("t9")], "tool_use", ["t9"]],
    ["a tool of the server", [says("so"), { type: "server_tool_use", id: "s9", name: "web_search", input: {} }], "end_turn", ["s9"]],
    ["a pause", [says("so far")], "pause_turn", []],
  ])("nothing is rewritten: %s", async (_, content, stop, toolUseIds) => {
    const { conversation } = await begin(
      [said("a0"), said("a1"), replied(content, stop)],
      { tools: [{ name: "look_up", input_schema: { type: "object" } }] },
      { limits: { resumes: 0 } },
    );
    await conversation.send("q0").result;
    await conversation.send("q1").result;
    await conversation.window({ keep: { turns: 1 } });
    const boundary = conversation.entries.at(-1)!.id;
    await conversation.send("q2").result;
    const before = conversation.entries.length;
    await expect(conversation.window({ keep: { turns: 1 } }, accept)).rejects.toMatchObject({ code: "turn_open", details: { toolUseIds } });
    await expect(conversation.summarise({ by: () => "so far", keep: { turns: 1 } }, accept)).rejects.toMatchObject({ code: "turn_open" });
    await expect(conversation.restore(boundary, accept)).rejects.toMatchObject({ code: "turn_open" });
    await expect(conversation.update({ system: "Be kind." }, accept)).rejects.toMatchObject({
      code: "turn_open",
      message: expect.stringContaining("resume"),
    });
    await conversation.update({ max_tokens: 99 });
    expect(conversation.entries).toHaveLength(before + 1);
  });

  test("and once it is answered, or something else is said, everything is possible again", async () => {
    const { conversation } = await begin([said("a0"), replied([call("t1")], "tool_use"), said("a2")], {
      tools: [{ name: "look_up", input_schema: { type: "object" } }],
    });
    await conversation.send("q0").result;
    await conversation.send("q1").result;
    await expect(conversation.window({ keep: { turns: 1 } })).rejects.toMatchObject({ code: "turn_open" });
    await conversation.append({ role: "user", content: [result("t1")] });
    await conversation.window({ keep: { turns: 1 } });
    expect((await conversation.request()).body.messages).toHaveLength(3);
  });
});
