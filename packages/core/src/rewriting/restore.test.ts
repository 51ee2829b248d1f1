import { describe, expect, test } from "vitest";
import { begin, saidIn } from "../../test/begin.ts";
import { BINDING_MODEL, says, thought } from "../../test/builders.ts";
import { replied, said } from "../../test/scripted-client.ts";
import type { Conversation } from "../conversation.ts";

const accept = { accept: true };
const body = async (conversation: Conversation) => JSON.stringify((await conversation.request()).body);
const lastId = (conversation: Conversation) => conversation.entries.at(-1)!.id;

async function talked() {
  const begun = await begin(
    [replied([thought("0"), says("a0")]), replied([thought("1"), says("a1")]), replied([thought("2"), says("a2")])],
    { model: BINDING_MODEL },
  );
  for (const question of ["q0", "q1", "q2"]) await begun.conversation.send(question).result;
  return begun;
}

describe("restoring", () => {
  test.each<[string, (conversation: Conversation) => Promise<unknown>]>([
    ["a window", (conversation) => conversation.window({ keep: { turns: 1 } }, accept)],
    ["a summary", (conversation) => conversation.summarise({ by: () => "so far", keep: { turns: 1 } }, accept)],
  ])("%s gives back the request as it was, and can itself be taken back", async (_, cut) => {
    const { conversation } = await talked();
    const whole = await body(conversation);
    await cut(conversation);
    const [boundary, less] = [lastId(conversation), await body(conversation)];
    await conversation.restore(boundary, accept);
    expect(await body(conversation)).toBe(whole);
    const restored = lastId(conversation);
    await conversation.restore(restored, accept);
    expect(await body(conversation)).toBe(less);
    await conversation.restore(lastId(conversation), accept);
    expect(await body(conversation)).toBe(whole);
  });

  test("what was restored already is free, and stores nothing", async () => {
    const { conversation } = await talked();
    await conversation.window({ keep: { turns: 1 } }, accept);
    const boundary = lastId(conversation);
    await conversation.restore(boundary, accept);
    const before = conversation.entries.length;
    expect(await conversation.restore(boundary)).toEqual({ thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 });
    expect(conversation.entries).toHaveLength(before);
  });

  test("counts the thinking that was made behind what is taken back", async () => {
    const { conversation } = await begin([said("a0"), said("a1"), replied([thought("2"), says("a2")])], { model: BINDING_MODEL });
    await conversation.send("q0").result;
    await conversation.send("q1").result;
    await conversation.window({ keep: { turns: 1 } }, accept);
    const boundary = lastId(conversation);
    await conversation.send("q2").result;
    const bill = { thinkingBlocks: 1, cachedTokens: 0, toolPairs: 0 };
    await expect(conversation.restore(boundary)).rejects.toMatchObject({ code: "bill_not_accepted", details: { bill } });
    expect(await conversation.restore(boundary, accept)).toEqual(bill);
    expect(conversation.entries.at(-1)).toMatchObject({ boundary: { type: "restored", boundaryId: boundary }, bill });
  });

  test("brings back what a refusal left out", async () => {
    const { conversation } = await begin([said("a0"), replied([says("No.")], "refusal"), said("a2")]);
    await conversation.send("q0").result;
    await conversation.send("refused").result;
    await conversation.restore(lastId(conversation), accept);
    await conversation.send("q2").result;
    expect((await conversation.request()).body.messages).toMatchObject([
      { content: [{ text: "q0" }] },
      { content: [{ text: "a0" }] },
      { content: [{ text: "refused" }, { text: "q2" }] },
      { content: [{ text: "a2" }] },
    ]);
  });

  test("is refused for what has no way back, with another way where there is one", async () => {
    const { conversation } = await talked();
    const message = conversation.entries[1]!.id;
    await conversation.update({ system: "Be kind." }, { ...accept, swap: true });
    const settings = lastId(conversation);
    await conversation.undo();
    const undo = lastId(conversation);
    await expect(conversation.restore("nowhere")).rejects.toMatchObject({ code: "not_found", message: expect.stringContaining("nowhere") });
    for (const [id, remedy] of [
      [message, "boundary"],
      [conversation.entries[0]!.id, "settings"],
      [undo, "redo"],
    ] as const)
      await expect(conversation.restore(id)).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining(remedy) });
    await conversation.redo();
    await expect(conversation.restore(settings)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("update"),
    });
    expect(saidIn(conversation)).toEqual(["q0", "a0", "q1", "a1", "q2", "a2"]);
  });
});
