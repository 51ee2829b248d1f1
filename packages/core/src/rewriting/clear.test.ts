import { describe, expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { call, says } from "../../test/builders.ts";
import { replied, said } from "../../test/scripted-client.ts";
import type { Conversation } from "../conversation.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import type { ClearCut } from "./clear.ts";

const FREE = { thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 };
const accept = { accept: true };
const tool = (name: string) => ({ name, input_schema: { type: "object" as const }, run: ({ of }: { of: string }) => `${name} of ${of}` });

/** A conversation with a round of tools in each turn. */
async function searched(...rounds: readonly (readonly ContentBlock[])[]) {
  const begun = await begin(
    rounds.flatMap((calls) => [replied(calls, "tool_use"), said("so")]),
    {},
    { tools: [tool("look_up"), tool("read")] },
  );
  for (const _ of rounds) await begun.conversation.send("?").result;
  return begun;
}

/** The results as they are sent. */
async function results(conversation: Conversation): Promise<unknown[]> {
  const blocks = (await conversation.request()).body.messages.flatMap(({ content }) => content as unknown as ContentBlock[]);
  return blocks.flatMap(({ type, content }) => (type === "tool_result" ? [content] : []));
}

const GONE = "[This result is not sent any more.]";

describe("clearing", () => {
  test("sends old results as placeholders, and its bill counts them", async () => {
    const { conversation } = await searched([call("1"), call("2", "read")], [call("3")], [call("4", "read")]);
    const bill = { ...FREE, toolPairs: 2 };
    await expect(conversation.clear({ keep: 2 })).rejects.toMatchObject({ code: "bill_not_accepted", details: { bill } });
    expect(await conversation.clear({ keep: 2 }, accept)).toEqual(bill);
    expect(await results(conversation)).toEqual([GONE, GONE, "look_up of 3", "read of 4"]);
    expect(conversation.entries.at(-1)).toMatchObject({ boundary: { type: "clear", toolUseIds: ["1", "2"] }, bill });
  });

  test("clears in steps: nothing is done until there are more than it clears at, and what is cleared does not count", async () => {
    const { conversation } = await searched([call("1"), call("2"), call("3")], [call("4")], [call("5")]);
    expect(await conversation.clear({ over: 5, keep: 2 })).toEqual(FREE);
    await conversation.clear({ over: 4, keep: 2 }, accept);
    expect(await results(conversation)).toEqual([GONE, GONE, GONE, "look_up of 4", "look_up of 5"]);
    expect(await conversation.clear({ over: 2, keep: 2 })).toEqual(FREE);
    await conversation.clear({ keep: 0 }, accept);
    expect(await results(conversation)).toEqual([GONE, GONE, GONE, GONE, GONE]);
    expect(await conversation.clear({ keep: 0 })).toEqual(FREE);
  });

  test("takes only the tools that are named, and none that are excluded", async () => {
    const { conversation } = await searched([call("1"), call("2", "read")], [call("3"), call("4", "read")]);
    await conversation.clear({ keep: 0, tools: ["read"] }, accept);
    expect(await results(conversation)).toEqual(["look_up of 1", GONE, "look_up of 3", GONE]);
    await conversation.clear({ keep: 1, exclude: ["read"] }, accept);
    expect(await results(conversation)).toEqual([GONE, GONE, "look_up of 3", GONE]);
  });

  test("leaves a later result of the same id, as servers have them that count anew in each reply", async () => {
    const again = { ...call("call_0"), input: { of: "again" } };
    const { conversation } = await searched([call("call_0")], [again]);
    await conversation.clear({ keep: 1 }, accept);
    expect(await results(conversation)).toEqual([GONE, "look_up of again"]);
  });

  test("clears nothing where one id stands for what goes and for what stays", async () => {
    const { conversation } = await searched([call("1"), call("0", "read")], [call("0")], [call("2")]);
    await conversation.clear({ keep: 1, tools: ["look_up"] }, accept);
    expect(await results(conversation)).toEqual([GONE, "read of 0", "look_up of 0", "look_up of 2"]);
  });

  test.each<[string, object]>([
    ["no number", {}],
    ["half a result", { keep: 0.5 }],
    ["less than none", { keep: -1 }],
    ["more than it clears at", { over: 1, keep: 2 }],
  ])("is refused where it keeps %s", async (_, cut) => {
    const { conversation } = await begin();
    await expect(conversation.clear(cut as ClearCut)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("keep"),
    });
  });

  test("is refused while a call is open", async () => {
    const { conversation } = await begin(
      [replied([call("1")], "tool_use"), said("so"), replied([says("hm"), call("2", "ask")], "tool_use")],
      { tools: [{ name: "ask", input_schema: { type: "object" } }] },
      { tools: [tool("look_up")] },
    );
    await conversation.send("?").result;
    await conversation.send("?").result;
    await expect(conversation.clear({ keep: 0 }, accept)).rejects.toMatchObject({ code: "turn_open" });
  });
});
