import { describe, expect, test } from "vitest";
import { begin } from "../test/begin.ts";
import { settingsOf } from "../test/builders.ts";
import { replied, ScriptedClient } from "../test/scripted-client.ts";
import { antiphon } from "./antiphon.ts";
import type { KnownFacts } from "./models/model-facts.ts";
import { modelFacts } from "./models/model-facts.ts";
import { MemoryStore } from "./store/memory-store.ts";
import type { TurnLimits } from "./turn/turn-context.ts";

const BAD: readonly (readonly [string, object, RegExp])[] = [
  ["no model", { model: undefined }, /name no model \(undefined\)\. Set `model`, for example/],
  ["an empty model", { model: " " }, /name no model \(" "\)\. Set `model`, for example/],
  ["no max_tokens", { max_tokens: undefined }, /`max_tokens` is undefined\. Set it to a whole number above 0/],
  ["max_tokens of 0", { max_tokens: 0 }, /`max_tokens` is 0\. Set it to a whole number above 0/],
  ["half a token", { max_tokens: 1.5 }, /`max_tokens` is 1\.5\. Set it to a whole number above 0/],
  ["a text for max_tokens", { max_tokens: "many" }, /`max_tokens` is "many"\. Set it to a whole number above 0/],
  ["messages", { messages: [] }, /`messages` is not a setting: it is made from the conversation\. Leave it out/],
  ["stream", { stream: true }, /`stream` is not a setting: .*Leave it out/],
  ["a circle", { metadata: circle() }, /settings cannot be written as JSON\. Leave out/],
];

function circle(): object {
  const made: { self?: object } = {};
  made.self = made;
  return made;
}

describe("settings", () => {
  test.each(BAD)("with %s make no conversation, and the error names the value and the remedy", async (_, fields, message) => {
    const { chat, store } = await begin();
    await expect(chat.create({ ...settingsOf(), ...fields })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringMatching(message),
    });
    expect((await store.list()).conversations).toHaveLength(1);
  });

  test.each(BAD)("with %s cannot be changed to either", async (_, fields, message) => {
    const { conversation } = await begin();
    await expect(conversation.update(fields)).rejects.toMatchObject({ code: "invalid_input", message: expect.stringMatching(message) });
    expect(conversation.settings).toEqual(settingsOf());
  });

  test("are stored with fields that nobody knows yet, and as they were when they were given", async () => {
    const { chat } = await begin();
    const given = { ...settingsOf(), hologram: { depth: 3 } };
    const conversation = await chat.create(given);
    given.hologram.depth = 4;
    expect(conversation.settings).toEqual({ ...settingsOf(), hologram: { depth: 3 } });
    expect((await chat.open(conversation.id)).settings).toEqual(conversation.settings);
  });

  test("get the definitions of the tools that run here, without their functions; a caller's own of that name wins", async () => {
    const tools = [
      { name: "a", input_schema: {}, run: () => "" },
      { name: "b", input_schema: {}, run: () => "" },
    ];
    const { conversation } = await begin([], { tools: [{ name: "b", description: "mine", input_schema: { type: "object" } }] }, { tools });
    expect(conversation.settings.tools).toEqual([
      { name: "b", description: "mine", input_schema: { type: "object" } },
      { name: "a", input_schema: {} },
    ]);
  });
});

describe("limits", () => {
  test.each<[string, Partial<TurnLimits>, string]>([
    ["a negative number", { toolMs: -1 }, "`limits.toolMs` is -1. Give it a number from 0 up."],
    ["no number", { retries: Number.NaN }, "`limits.retries` is NaN. Give it a number from 0 up."],
    ["no tool at a time", { parallelTools: 0 }, "`limits.parallelTools` is 0. Give it a number from 1 up."],
  ])("that cannot be are refused at once: %s", (_, limits, message) => {
    const options = { client: new ScriptedClient(), store: new MemoryStore(), limits };
    expect(() => antiphon(options)).toThrow(expect.objectContaining({ code: "invalid_input", message }));
  });

  test("of a turn that cannot be fail it before anything is stored", async () => {
    const { conversation } = await begin();
    await expect(conversation.send("hi", { limits: { silenceMs: -5 } }).accepted).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("silenceMs"),
    });
    expect(conversation.entries).toHaveLength(1);
  });
});

describe("opening", () => {
  test("says which conversation or branch there is not", async () => {
    const { chat, conversation } = await begin();
    await expect(chat.open("c-none")).rejects.toMatchObject({ code: "not_found", message: expect.stringContaining("c-none") });
    await expect(chat.open(conversation.id, "b-none")).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("b-none"),
    });
  });

  test("only reads, and works while a turn runs", async () => {
    const { chat, conversation, store, client } = await begin();
    const before = await store.open(conversation.id);
    await chat.open(conversation.id);
    expect(await store.open(conversation.id)).toEqual(before);
    expect(client.bodies).toEqual([]);
  });
});

describe("what models accept is asked of the source that was given", () => {
  /** Knows one thing of every model. */
  const knowing = (facts: KnownFacts) => ({ models: { facts: (id: string) => modelFacts(id, facts, "a test") } });

  test("when a conversation is made: settings that its model does not take make none", async () => {
    const { chat, store } = await begin([], {}, knowing({ outputTokensMax: 1_024 }));
    await expect(chat.create({ ...settingsOf(), max_tokens: 1_025 })).rejects.toMatchObject({
      code: "unsupported_by_model",
      message: expect.stringContaining("Lower it to 1024 or less"),
    });
    expect((await store.list()).conversations).toHaveLength(1);
  });

  test("when settings change: they stay as they were", async () => {
    const { conversation } = await begin([], {}, knowing({ effortLevels: ["low"] }));
    const change = conversation.update({ output_config: { effort: "high" } });
    await expect(change).rejects.toMatchObject({ code: "unsupported_by_model", message: expect.stringContaining('Use "low"') });
    expect(conversation.settings).toEqual(settingsOf());
  });

  test("before a request: a turn fails with what to do, and nothing is sent or stored", async () => {
    const facts = { value: {} as KnownFacts };
    const models = { facts: (id: string) => modelFacts(id, facts.value, "a test") };
    const { conversation, client } = await begin([], { thinking: { type: "disabled" } }, { models });
    facts.value = { thinkingTypes: ["adaptive"] };
    const { outcome } = await conversation.send("Hello").result;
    expect(outcome).toMatchObject({ type: "failed", failure: { code: "unsupported_by_model" } });
    expect([client.bodies, conversation.entries.length]).toEqual([[], 1]);
  });

  test("after a reply: as many tokens as the model gives are asked for, and no more", async () => {
    const cut = replied([{ type: "tool_use", id: "t1", name: "a", input: {} }], "max_tokens");
    const { conversation, client } = await begin([cut], { model: "mystery-1", max_tokens: 100 }, knowing({ outputTokensMax: 150 }));
    await conversation.send("Hello", { limits: { continuations: 1 } }).result;
    expect(client.bodies.map((body) => body.max_tokens)).toEqual([100, 150]);
  });
});
