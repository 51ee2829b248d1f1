import { describe, expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { BINDING_MODEL, call, OLD_MODEL, says, thought } from "../../test/builders.ts";
import { replied } from "../../test/scripted-client.ts";
import type { Settings } from "../conversation/settings.ts";
import type { SettingsChange } from "./change-settings.ts";
import { messageDelta, start, startBlock, stopBlock } from "../../test/stream-events.ts";

const USAGE = { input_tokens: 5, cache_read_input_tokens: 300, cache_creation_input_tokens: 40, output_tokens: 9 };
const thinks = [
  start(),
  startBlock(0, thought("hm")),
  stopBlock(0),
  startBlock(1, says("so")),
  stopBlock(1),
  messageDelta("end_turn", { usage: USAGE }),
  { type: "message_stop" },
];

/** A conversation with one reply that thought and was cached. */
async function thoughtful(model = BINDING_MODEL, settings: Partial<Settings> = {}) {
  const begun = await begin([thinks, replied([thought("again"), says("ok")])], { model, system: "Be brief.", ...settings });
  await begun.conversation.send("?").result;
  return begun;
}

describe("a change that leaves the prefix and its cache as they are", () => {
  test("is a plain entry and costs nothing", async () => {
    const { conversation } = await thoughtful();
    expect(await conversation.update({ max_tokens: 99, stop_sequences: ["END"] })).toEqual({
      thinkingBlocks: 0,
      cachedTokens: 0,
      toolPairs: 0,
    });
    expect(conversation.entries.at(-1)).toMatchObject({ kind: "settings", settings: { max_tokens: 99, stop_sequences: ["END"] } });
  });

  test("may be how thinking is shown", async () => {
    const { conversation } = await thoughtful(BINDING_MODEL, { thinking: { type: "adaptive" } });
    await conversation.update({ thinking: { type: "adaptive", display: "omitted" } });
    expect(conversation.entries.at(-1)).toMatchObject({ kind: "settings" });
  });

  test("that changes nothing stores nothing", async () => {
    const { conversation } = await thoughtful();
    const before = conversation.entries.length;
    await conversation.update({ system: "Be brief.", max_tokens: 1024, temperature: undefined });
    expect(conversation.entries).toHaveLength(before);
  });

  test("removes a field that is set to undefined", async () => {
    const { conversation } = await thoughtful();
    await conversation.update({ stop_sequences: ["END"], metadata: { user_id: "u" } });
    await conversation.update({ stop_sequences: undefined });
    expect(conversation.settings).not.toHaveProperty("stop_sequences");
  });
});

describe("a change that leaves the prefix as it is and loses what of it was cached", () => {
  test.each<[string, SettingsChange]>([
    ["which tools may be called", { tool_choice: { type: "none" } }],
    ["whether the model thinks", { thinking: { type: "adaptive" } }],
    ["how much it thinks", { output_config: { effort: "high" } }],
    ["the form of the answer", { output_config: { format: { type: "json_schema", schema: { type: "object" } } } }],
    ["the speed", { speed: "fast" }],
    ["the servers whose tools are listed", { mcp_servers: [{ type: "url", name: "m", url: "https://example.com" }] }],
  ])("is not made until its bill is accepted: %s", async (_, change) => {
    const { conversation } = await thoughtful();
    const bill = { thinkingBlocks: 0, cachedTokens: 340, toolPairs: 0 };
    await expect(conversation.update(change)).rejects.toMatchObject({ code: "bill_not_accepted", details: { bill } });
    expect(await conversation.update(change, { accept: true })).toEqual(bill);
    expect(conversation.entries.at(-1)).toMatchObject({ kind: "boundary", boundary: { type: "settings" }, bill });
    expect((await conversation.request()).explain.thinkingDropped).toEqual([]);
    expect(await conversation.update({ tool_choice: { type: "auto", disable_parallel_tool_use: true } })).toMatchObject({
      cachedTokens: 0,
    });
  });

  test("is a plain entry where nothing was cached", async () => {
    const { conversation } = await begin([], { model: BINDING_MODEL });
    expect(await conversation.update({ tool_choice: { type: "none" } })).toEqual({ thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 });
    expect(conversation.entries.at(-1)).toMatchObject({ kind: "settings" });
  });
});

// On this model a changed `system` alone is told in a message: change-system.test.ts.
describe("a change of the prefix", () => {
  test("is free before anything was said", async () => {
    const { conversation } = await begin([], { model: BINDING_MODEL });
    expect(await conversation.update({ system: "Be kind." })).toEqual({ thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 });
    expect(conversation.entries.at(-1)).toMatchObject({ kind: "boundary", boundary: { type: "settings" } });
  });

  test("is not made until its bill is accepted, and the bill is what the next request then lacks", async () => {
    const { conversation } = await thoughtful();
    const bill = { thinkingBlocks: 1, cachedTokens: 340, toolPairs: 0 };
    await expect(conversation.update({ system: "Be kind." }, { swap: true })).rejects.toMatchObject({
      code: "bill_not_accepted",
      details: { bill },
      message: expect.stringContaining("1 thinking blocks and 340 cached tokens"),
    });
    expect(conversation.settings.system).toBe("Be brief.");
    expect(await conversation.update({ system: "Be kind." }, { accept: true, swap: true })).toEqual(bill);
    const { body, explain } = await conversation.request();
    expect(explain.thinkingDropped).toHaveLength(1);
    expect(body.messages[1]?.content).toMatchObject([{ type: "text" }]);
  });

  test("is never paid back: thinking that can be sent again gives nothing for what is lost", async () => {
    const { conversation } = await thoughtful();
    await conversation.update({ system: "Be kind." }, { accept: true, swap: true });
    const bill = await conversation.update({ model: OLD_MODEL }, { accept: true });
    expect(bill.thinkingBlocks).toBe(0);
  });

  test("counts no thinking on a model that binds none", async () => {
    const { conversation } = await thoughtful(OLD_MODEL);
    expect(await conversation.update({ system: "Be kind." }, { accept: true, swap: true })).toMatchObject({ thinkingBlocks: 0 });
  });

  test("counts what was lost by an earlier change no second time", async () => {
    const { conversation } = await thoughtful();
    await conversation.update({ system: "Be kind." }, { accept: true, swap: true });
    expect(await conversation.update({ system: "Be quick." })).toEqual({ thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 });
  });

  test("counts what came after an earlier change", async () => {
    const { conversation } = await thoughtful();
    await conversation.update({ system: "Be kind." }, { accept: true, swap: true });
    await conversation.send("and?").result;
    await expect(conversation.update({ system: "Be quick." }, { swap: true })).rejects.toMatchObject({
      details: { bill: { thinkingBlocks: 1 } },
    });
  });
});

test("thinking is not switched on in a round of tools that began without", async () => {
  const tools = [{ name: "look_up", input_schema: { type: "object" as const }, run: () => "found" }];
  const answers = [replied([call("t1")], "tool_use"), replied([says("ok")])];
  const { conversation } = await begin(answers, { model: OLD_MODEL, max_tokens: 4096 }, { tools, approval: () => "ask" });
  await conversation.send("?").result;
  const thinking = { type: "enabled" as const, budget_tokens: 1024 };
  await expect(conversation.update({ thinking })).rejects.toMatchObject({ code: "turn_open" });
  expect(conversation.settings.thinking).toBeUndefined();
  await conversation.approve("t1");
  expect((await conversation.resume().result).outcome).toEqual({ type: "completed", empty: false });
  await conversation.update({ thinking });
  expect(conversation.settings.thinking).toEqual(thinking);
});
