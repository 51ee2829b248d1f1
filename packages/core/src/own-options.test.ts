import { describe, expect, test } from "vitest";
import { begin, type Begun } from "../test/begin.ts";
import { said, ScriptedClient } from "../test/scripted-client.ts";
import { antiphon, type AntiphonOptions } from "./antiphon.ts";
import { quoted } from "./quoted.ts";
import { MemoryStore } from "./store/memory-store.ts";

// What no type lets through, and JavaScript does.
const none = null as never;
const missing = undefined as never;
const circle: { self?: unknown } = {};
circle.self = circle;
const wrong = (value: unknown): never => value as never;
const throwing = wrong(Object.defineProperty({}, "signal", { enumerable: true, get: () => JSON.parse("no") }));

type Call = (begun: Begun) => unknown;

const CALLS: readonly (readonly [string, Call, RegExp])[] = [
  ["append(undefined)", ({ conversation }) => conversation.append(missing), /message of `append` is undefined\. Give it \{ role/],
  ["append(null)", ({ conversation }) => conversation.append(none), /message of `append` is null\. Give it/],
  [
    "append(message, null)",
    ({ conversation }) => conversation.append({ role: "user", content: "a" }, none),
    /options of `append` are null/,
  ],
  [
    "append with a big number as origin",
    ({ conversation }) => conversation.append({ role: "user", content: "a" }, { origin: wrong(7n) }),
    /origin 7n .* Use one of/,
  ],
  ["window(undefined)", ({ conversation }) => conversation.window(missing), /cut of `window` is undefined\. Give it/],
  [
    "window of a big number",
    ({ conversation }) => conversation.window({ keep: wrong({ turns: 7n }) }),
    /`keep` of the window is an object/,
  ],
  ["clear(null)", ({ conversation }) => conversation.clear(none), /cut of `clear` is null\. Give it/],
  [
    "clear of tools that are no list",
    ({ conversation }) => conversation.clear({ keep: 0, tools: wrong(5) }),
    /`tools` is 5\. Give it a list/,
  ],
  ["summarise(undefined)", ({ conversation }) => conversation.summarise(missing), /cut of `summarise` is undefined\. Give it/],
  ["summarise by nobody", ({ conversation }) => conversation.summarise(wrong({})), /`by` of the summary is undefined\. Give it/],
  ["summarise with keep null", ({ conversation }) => conversation.summarise({ by: "api", keep: none }), /`keep` of the summary is null/],
  [
    "summarise with a signal that is none",
    ({ conversation }) => conversation.summarise({ by: "api" }, { signal: wrong({}) }),
    /`signal` is \{\}\. Give it the `signal` of an AbortController/,
  ],
  ["summarise with options null", ({ conversation }) => conversation.summarise({ by: "api" }, none), /options of `summarise` are null/],
  ["create(undefined)", ({ chat }) => chat.create(missing), /`settings` are undefined\. Give it an object with `model`/],
  ["create(settings, null)", ({ chat, conversation }) => chat.create(conversation.settings, none), /options of `create` are null/],
  [
    "create with a circle as metadata",
    ({ chat, conversation }) => chat.create(conversation.settings, { metadata: wrong(circle) }),
    /`metadata` has at "self" an object/,
  ],
  [
    "create with a big number as model",
    ({ chat, conversation }) => chat.create({ ...conversation.settings, model: wrong(7n) }),
    /no model \(7n\)/,
  ],
  [
    "create with tools that are no list",
    ({ chat, conversation }) => chat.create({ ...conversation.settings, tools: wrong(5) }),
    /`tools` is 5\. Give it a list/,
  ],
  ["update(null)", ({ conversation }) => conversation.update(none), /change of `update` is null\. Give it/],
  ["update of system to {}", ({ conversation }) => conversation.update({ system: wrong({}) }), /`system` is \{\}\. Give it a text/],
  ["update of system to -1", ({ conversation }) => conversation.update({ system: wrong(-1) }), /`system` is -1\. Give it a text/],
  ["update of system to [null]", ({ conversation }) => conversation.update({ system: wrong([null]) }), /`system` is \[null\]\. Give it/],
  ["update of tools to [null]", ({ conversation }) => conversation.update({ tools: wrong([null]) }), /`tools` is \[null\]\. Give it/],
  ["regenerate(null)", ({ conversation }) => conversation.regenerate(none), /options of `regenerate` are null\. Give them/],
  ["copy(null)", ({ conversation }) => conversation.copy(none), /options of `copy` are null\. Give them/],
  [
    "copy with a number as metadata",
    ({ conversation }) => conversation.copy({ metadata: wrong({ a: 5 }) }),
    /`metadata` has at "a" 5\. Give it/,
  ],
  ["countTokens(null)", ({ conversation }) => conversation.countTokens(none), /options of `countTokens` are null/],
  ["approve(id, null)", ({ conversation }) => conversation.approve("t1", none), /options of `approve` are null/],
  ["restore(id, null)", ({ conversation }) => conversation.restore("id", none), /options of `restore` are null/],
  ["usage of prices that are none", ({ conversation }) => conversation.usage({ prices: wrong(5) }), /`prices` is 5\. Give it what/],
  ["list(null)", ({ chat }) => chat.list(none), /options of `list` are null/],
  ["list with a big number as limit", ({ chat }) => chat.list({ limit: wrong(7n) }), /limit 7n\. Give a whole number/],
  ["list with a symbol as cursor", ({ chat }) => chat.list({ cursor: wrong(Symbol("a")) }), /cursor Symbol\(a\)\. Give the cursor/],
  ["list with metadata null", ({ chat }) => chat.list({ metadata: none }), /metadata null\. Give an object/],
  ["open(symbol)", ({ chat }) => chat.open(wrong(Symbol("a"))), /id of the conversation is Symbol\(a\)\. Give it/],
  ["open(id, symbol)", ({ chat, conversation }) => chat.open(conversation.id, wrong(Symbol("a"))), /id of the branch is Symbol\(a\)/],
  ["fork(symbol)", ({ conversation }) => conversation.fork(wrong(Symbol("a"))), /id of the entry is Symbol\(a\)/],
  ["edit(symbol)", ({ conversation }) => conversation.edit(wrong(Symbol("a")), "b"), /id of the entry is Symbol\(a\)/],
  ["switchTo(symbol)", ({ conversation }) => conversation.switchTo(wrong(Symbol("a"))), /id of the branch is Symbol\(a\)/],
  ["approve(symbol)", ({ conversation }) => conversation.approve(wrong(Symbol("a"))), /id of the tool call is Symbol\(a\)/],
  ["restore(symbol)", ({ conversation }) => conversation.restore(wrong(Symbol("a"))), /id of the entry is Symbol\(a\)/],
  [
    "summarise through a symbol",
    ({ conversation }) => conversation.summarise({ by: "api", through: wrong(Symbol("a")) }),
    /id of the entry is Symbol\(a\)/,
  ],
];

const OPTIONS: readonly (readonly [string, object, RegExp])[] = [
  ["limits null", { limits: null }, /`limits` are null\. Give it an object of bounds/],
  ["a limit that is a symbol", { limits: { toolMs: Symbol("a") } }, /`limits\.toolMs` is Symbol\(a\)\. Give it a number/],
  ["tools that are no list", { tools: 5 }, /`tools` is 5\. Give it a list of tools/],
  ["a tool that is null", { tools: [null] }, /One of `tools` is null\. Give it as/],
  ["a tool whose name is a big number", { tools: [{ name: 7n }] }, /the name 7n\. Give it one/],
  ["no store", { store: undefined }, /`store` is undefined\. Give it a store/],
  ["no client", { client: undefined }, /`client` is undefined\. Give it a client/],
];

const TURNS: readonly (readonly [string, unknown, RegExp])[] = [
  ["null", null, /options of `\w+` are null\. Give them as an object/],
  ["an object that throws when it is read", throwing, /options of `\w+` are not to be read: one of the fields throws/],
  ["a signal that is none", { signal: 5 }, /`signal` is 5\. Give it the `signal` of an AbortController/],
  ["limits null", { limits: null }, /`limits` are null\. Give it an object of bounds/],
];

const INPUTS: readonly (readonly [string, object, RegExp])[] = [
  ["a big number as prefill", { prefill: 7n }, /prefill says nothing \(7n\)\. Give it a text/],
  ["a big number as format", { format: 7n }, /format is 7n\. Give it/],
  ["a circle as format", { format: circle }, /format is an object that JSON cannot write\. Give it/],
  ["a symbol as externalId", { externalId: Symbol("a") }, /`externalId` is Symbol\(a\)\. Give it a text/],
];

describe("a caller in JavaScript", () => {
  test.each(CALLS)("who calls %s is told the value and the remedy, and nothing is stored", async (_, call, message) => {
    const begun = await begin();
    const { headBranchId } = (await begun.store.open(begun.conversation.id))!;
    let thrown: unknown;
    // What is thrown at once is no rejection, and fails here.
    const promised = call(begun) as Promise<unknown>;
    await promised.catch((error: unknown) => (thrown = error));
    expect(thrown).toMatchObject({ name: "AntiphonError", code: "invalid_input", message: expect.stringMatching(message) });
    expect(begun.conversation.entries).toHaveLength(1);
    expect(await begun.store.open(begun.conversation.id)).toMatchObject({ headBranchId, branches: [{ tipSeq: 1 }] });
    expect((await begun.store.list()).conversations).toHaveLength(1);
  });

  test.each(OPTIONS)("who gives `antiphon` %s is told at once", (_, options, message) => {
    const all = { client: new ScriptedClient(), store: new MemoryStore(), ...options } as AntiphonOptions;
    expect(() => antiphon(all)).toThrow(expect.objectContaining({ code: "invalid_input", message: expect.stringMatching(message) }));
  });

  test("who gives `antiphon` nothing is told at once", () => {
    expect(() => antiphon(none)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });

  const turns = TURNS.flatMap(([what, options, message]) =>
    (["send", "resume"] as const).map((call) => [call, what, wrong(options), message] as const),
  );

  test.each(turns)("who gives `%s` as options %s gets a turn that fails with it", async (call, _, options, message) => {
    const { conversation, client } = await begin();
    const turn = call === "send" ? conversation.send("hi", options) : conversation.resume(options);
    await expectRefused(turn, message);
    expect(conversation.entries).toHaveLength(1);
    expect(client.bodies).toEqual([]);
  });

  test.each(INPUTS)("who sends with %s gets a turn that fails with it", async (_, options, message) => {
    const { conversation } = await begin();
    await expectRefused(conversation.send("hi", wrong(options)), message);
    expect(conversation.entries).toHaveLength(1);
  });

  test.each([
    ["limits null", { limits: null }],
    ["null", null],
  ])("who edits or regenerates with %s finds the head where it stood", async (_, options) => {
    const { conversation, store } = await begin([said("ok")]);
    const turn = conversation.send("a");
    const { entryId } = await turn.accepted;
    await turn.result;
    await expect(conversation.edit(entryId!, "b", wrong(options))).rejects.toMatchObject({ code: "invalid_input" });
    await expect(conversation.regenerate(wrong(options))).rejects.toMatchObject({ code: "invalid_input" });
    expect((await store.open(conversation.id))!.branches).toHaveLength(1);
  });
});

async function expectRefused(turn: ReturnType<Begun["conversation"]["send"]>, message: RegExp): Promise<void> {
  const error = { code: "invalid_input", message: expect.stringMatching(message) };
  await expect(turn.accepted).rejects.toMatchObject(error);
  expect((await turn.result).outcome).toMatchObject({ type: "failed", failure: error });
}

test("any value is named on one short line", () => {
  const throws = wrong({ toJSON: () => JSON.parse("no") });
  const values = ["a\nb", 7n, Number.NaN, Symbol("a"), undefined, null, () => 1, circle, throws, "a".repeat(500)];
  expect(values.map(quoted)).toEqual([
    '"a\\nb"',
    "7n",
    "NaN",
    "Symbol(a)",
    "undefined",
    "null",
    "a function",
    "an object that JSON cannot write",
    "an object that JSON cannot write",
    `"${"a".repeat(78)}…`,
  ]);
});
