import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { begin, type Begun, saidIn } from "../../test/begin.ts";
import { said } from "../../test/scripted-client.ts";
import type { Conversation } from "../conversation.ts";
import { text } from "../messages/text.ts";

const entryOf = (conversation: Conversation, words: string) =>
  conversation.entries.find((entry) => entry.kind === "message" && entry.content[0]?.text === words)!.id;

/** What stands in place of what the path says there: the one on the path in brackets. */
async function placeOf(conversation: Conversation, words: string): Promise<string[]> {
  const siblings = await conversation.siblings(entryOf(conversation, words));
  return siblings.map(({ entry, isCurrent }) => (isCurrent ? `[${text(entry)}]` : text(entry)));
}

async function goTo(conversation: Conversation, from: string, to: string): Promise<void> {
  const siblings = await conversation.siblings(entryOf(conversation, from));
  await conversation.switchTo(siblings.find(({ entry }) => text(entry) === to)!.branchId);
}

async function twoExchanges(...more: string[]): Promise<Begun> {
  const begun = await begin(["a", "b", ...more].map((words) => said(words)));
  await begun.conversation.send("one").result;
  await begun.environment.pass(1);
  await begun.conversation.send("two").result;
  await begun.environment.pass(1);
  return begun;
}

describe("the siblings of a message", () => {
  test("are itself alone where nothing else was said in its place", async () => {
    const { conversation } = await twoExchanges();
    const [only, ...others] = await conversation.siblings(entryOf(conversation, "two"));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ branchId: conversation.branchId, isCurrent: true, entry: { seq: 4 } });
  });

  test("are the replies that were made again, in the order of making", async () => {
    const { conversation } = await twoExchanges("b2", "b3");
    await (
      await conversation.regenerate()
    ).result;
    await (
      await conversation.regenerate()
    ).result;
    expect(await placeOf(conversation, "b3")).toEqual(["b", "b2", "[b3]"]);
    await goTo(conversation, "b3", "b");
    expect(saidIn(conversation)).toEqual(["one", "a", "two", "b"]);
    expect(await placeOf(conversation, "b")).toEqual(["[b]", "b2", "b3"]);
  });

  test("are the edits of a message, also those made from one another, and of the first message", async () => {
    const { conversation } = await twoExchanges("c", "d", "e");
    await (
      await conversation.edit(entryOf(conversation, "one"), "uno")
    ).result;
    await (
      await conversation.edit(entryOf(conversation, "uno"), "eins")
    ).result;
    expect(await placeOf(conversation, "eins")).toEqual(["one", "uno", "[eins]"]);
    await goTo(conversation, "eins", "one");
    await (
      await conversation.edit(entryOf(conversation, "two"), "deux")
    ).result;
    expect(await placeOf(conversation, "deux")).toEqual(["two", "[deux]"]);
    expect(await placeOf(conversation, "one")).toEqual(["[one]", "uno", "eins"]);
  });

  test("are what was said behind a fork, an undo and a change of settings too, for these say nothing themselves", async () => {
    const begun = await twoExchanges("c", "d", "e");
    const { conversation, chat } = begun;
    const fork = await conversation.fork(entryOf(conversation, "a"));
    await fork.send("three").result;
    await conversation.undo();
    await conversation.update({ max_tokens: 7 });
    await conversation.send("four").result;
    expect(await placeOf(conversation, "four")).toEqual(["two", "three", "[four]"]);
    expect(await placeOf(await chat.open(conversation.id, fork.branchId), "three")).toEqual(["two", "[three]", "four"]);
  });

  test("are alternatives whatever the model was told in between", async () => {
    const { conversation } = await begin(["a", "b", "c"].map(said), { model: "claude-opus-4-8" });
    await conversation.send("one").result;
    await conversation.send("two").result;
    await conversation.update({ system: "Be kind." });
    await (
      await conversation.edit(entryOf(conversation, "two"), "deux")
    ).result;
    const told = conversation.entries.filter((entry) => entry.kind === "message" && entry.role === "system");
    expect([told.length, conversation.settings.system]).toEqual([1, "Be kind."]);
    expect(await placeOf(conversation, "deux")).toEqual(["two", "[deux]"]);
    await expect(conversation.siblings(told[0]!.id)).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("are not what follows on branches that share the message", async () => {
    const { conversation } = await twoExchanges("c");
    const fork = await conversation.fork(entryOf(conversation, "b"));
    await fork.send("three").result;
    expect(await placeOf(fork, "two")).toEqual(["[two]"]);
    expect(await placeOf(fork, "three")).toEqual(["[three]"]);
  });

  test("lead to where each was last gone on from", async () => {
    const { conversation, environment } = await twoExchanges("c", "d");
    await (
      await conversation.edit(entryOf(conversation, "two"), "deux")
    ).result;
    const written = conversation.branchId;
    await environment.pass(1);
    await (
      await conversation.edit(entryOf(conversation, "one"), "uno")
    ).result;
    await goTo(conversation, "uno", "one");
    expect([conversation.branchId, ...saidIn(conversation)]).toEqual([written, "one", "a", "deux", "c"]);
  });

  test("are of messages on the path only", async () => {
    const { conversation } = await twoExchanges();
    await expect(conversation.siblings("e-none")).rejects.toMatchObject({ code: "not_found", message: expect.stringContaining("e-none") });
    await expect(conversation.siblings(conversation.entries[0]!.id)).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("hold every message of every branch, wherever it was forked, and walking reaches each", async () => {
    const step = fc.record({ how: fc.constantFrom("send", "edit", "regenerate", "undo", "fork", "walk"), pick: fc.nat(20) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        const { conversation, chat, store } = await begin();
        await conversation.send("first").result;
        for (const [at, { how, pick }] of steps.entries()) {
          const people = conversation.entries.filter((entry) => entry.kind === "message" && entry.origin === "human");
          const entry = people[pick % people.length];
          if (how === "send" || entry === undefined) await conversation.send(`sent ${at}`).result;
          else if (how === "edit") await (await conversation.edit(entry.id, `edited ${at}`)).result;
          else if (how === "regenerate") await (await conversation.regenerate().catch(() => undefined))?.result;
          else if (how === "undo") await conversation.undo();
          else if (how === "fork") await (await conversation.fork(entry.id)).send(`forked ${at}`).result;
          else await conversation.switchTo((await conversation.siblings(entry.id)).at(pick % 2 ? -1 : 0)!.branchId);
        }
        const { branches } = (await store.open(conversation.id))!;
        const handles = await Promise.all(branches.map(({ id }) => chat.open(conversation.id, id)));
        const messagesOf = handles.map(({ entries }) => entries.filter((entry) => entry.kind === "message"));
        const behind = Map.groupBy(
          messagesOf.flatMap((messages) => messages.map(({ id }, index) => ({ id, before: messages[index - 1]?.id }))),
          ({ before }) => before,
        );
        for (const [index, messages] of messagesOf.entries()) {
          for (const [seq, entry] of messages.entries()) {
            const siblings = await handles[index]!.siblings(entry.id);
            expect(siblings.filter(({ isCurrent }) => isCurrent).map((one) => one.entry)).toEqual([entry]);
            const inPlace = new Set(behind.get(messages[seq - 1]?.id)!.map(({ id }) => id));
            expect(siblings.map((one) => one.entry.id).toSorted()).toEqual([...inPlace].toSorted());
            for (const sibling of siblings) {
              expect((await chat.open(conversation.id, sibling.branchId)).entries).toContainEqual(sibling.entry);
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("switching to a branch", () => {
  test("takes the head along and stores nothing else", async () => {
    const { conversation, chat, store } = await twoExchanges("c");
    const first = conversation.branchId;
    await (
      await conversation.edit(entryOf(conversation, "two"), "deux")
    ).result;
    const before = await store.open(conversation.id);
    const heads = async () => (await conversation.branches()).flatMap(({ id, isHead }) => (isHead ? [id] : []));
    expect(await heads()).toEqual([conversation.branchId]);
    await conversation.switchTo(first);
    expect(await heads()).toEqual([first]);
    expect(saidIn(conversation)).toEqual(["one", "a", "two", "b"]);
    expect(saidIn(await chat.open(conversation.id))).toEqual(["one", "a", "two", "b"]);
    expect(await store.open(conversation.id)).toEqual({ ...before, headBranchId: first });
  });

  test("fails where another moved the head in the same moment, and the handle stays where it is", async () => {
    const { conversation, store } = await twoExchanges("c");
    const first = conversation.branchId;
    const fork = await conversation.fork(entryOf(conversation, "a"));
    const open = store.open.bind(store);
    store.open = async (id) => {
      const record = await open(id);
      await store.moveHead({ conversationId: id, from: record!.headBranchId, to: first });
      return record;
    };
    await expect(fork.switchTo(first)).rejects.toMatchObject({ code: "tip_moved" });
    expect(saidIn(fork)).toEqual(["one", "a"]);
  });

  test("to one that there is not is refused", async () => {
    const { conversation } = await twoExchanges();
    await expect(conversation.switchTo("nowhere")).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("no branch nowhere"),
    });
  });
});
