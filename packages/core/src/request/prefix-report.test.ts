import { describe, expect, test } from "vitest";
import { BINDING_MODEL, boundary, extend, human, KEY, pathOf, reply, settings, settingsOf, thought } from "../../test/builders.ts";
import type { Entry, EntryBody, ReplyFacts } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";
import { project } from "./project.ts";

const of = (path: readonly Entry[], account?: string) => project(path, { hashKey: KEY, account });
const reportOn = (path: readonly Entry[], account?: string) => of(path, account).explain.prefix;

const OWN = { model: BINDING_MODEL, system: "Be brief.", metadata: { user_id: "u1" } } satisfies Partial<Settings>;
const USAGE = { input_tokens: 3, cache_read_input_tokens: 2000, cache_creation_input_tokens: 500 };

/** Two questions with their replies, each bound to the request that made it, and a third question. */
function talk(account?: string): Entry[] {
  let path = pathOf(settings(OWN), human("one"));
  const answered = (word: string, facts: Partial<ReplyFacts> = {}): EntryBody =>
    reply([thought(word), word], { model: BINDING_MODEL, usage: USAGE, ...of(path, account).binding, ...facts });
  path = extend(path, answered("a"), human("two"));
  path = extend(path, answered("b"), human("three"));
  return path;
}

const changed = (fields: Partial<Settings>) => boundary({ type: "settings", settings: settingsOf({ ...OWN, ...fields }) });

describe("before a request is sent it is known", () => {
  test("that it extends the one before it, and loses nothing", () => {
    const free = { extendsLast: true, changedBy: [], invalidThinking: [], cachedTokensLost: 0 };
    expect(reportOn(talk())).toEqual(free);
    expect(reportOn(pathOf(settings(), human("one")))).toEqual(free);
  });

  test.each<[string, EntryBody, { because: string; entryIds: string[] }]>([
    ["history", boundary({ type: "left-out", entryIds: ["e4"], reason: "test" }), { because: "prefix", entryIds: ["e5"] }],
    ["system", changed({ system: "Be kind." }), { because: "prefix", entryIds: ["e3", "e5"] }],
    ["tools", changed({ tools: [{ name: "t", input_schema: { type: "object" } }] }), { because: "prefix", entryIds: ["e3", "e5"] }],
    ["model", changed({ model: "claude-opus-5-5" }), { because: "model", entryIds: ["e3", "e5"] }],
  ])("what a change of %s invalidates, what did it, and what it costs", (_, change, { because, entryIds }) => {
    const path = extend(talk(), change, human("four"));
    expect(reportOn(path)).toEqual({
      extendsLast: false,
      changedBy: [{ entryId: "e7", change: change.kind === "boundary" ? change.boundary.type : "" }],
      invalidThinking: entryIds.map((entryId) => ({ entryId, blocks: 1, because, sent: false })),
      cachedTokensLost: 2500,
    });
    expect(of(path).explain.thinkingDropped).toEqual(entryIds);
  });

  test("what a change of the end user makes the API drop without a word", () => {
    const path = extend(talk(), { kind: "settings", settings: settingsOf({ ...OWN, metadata: { user_id: "u2" } }) });
    const { extendsLast, invalidThinking, cachedTokensLost } = reportOn(path);
    expect(extendsLast).toBe(true);
    expect(invalidThinking.map(({ entryId, because, sent }) => [entryId, because, sent])).toEqual([
      ["e3", "end-user", true],
      ["e5", "end-user", true],
    ]);
    expect(cachedTokensLost).toBe(2500);
    expect(of(path).explain.thinkingDropped).toEqual([]);
  });

  test("what a change of the account does, as far as the caller names it", () => {
    expect(reportOn(talk("mine"), "mine").invalidThinking).toEqual([]);
    expect(reportOn(talk("mine"), "yours").invalidThinking.map(({ because }) => because)).toEqual(["account", "account"]);
    expect(reportOn(talk("mine"), "yours").cachedTokensLost).toBe(2500);
    expect(reportOn(talk(), "yours").invalidThinking).toEqual([]);
  });

  test("that a setting on which only the cache hangs loses that, and no thinking", () => {
    const report = reportOn(extend(talk(), { kind: "settings", settings: settingsOf({ ...OWN, tool_choice: { type: "none" } }) }));
    expect(report).toMatchObject({ extendsLast: true, invalidThinking: [], cachedTokensLost: 2500 });
  });

  test("that nobody knows what the last one said, where its reply was imported", () => {
    expect(reportOn(pathOf(settings(), human("one"), reply(["a"]), human("two"))).extendsLast).toBeUndefined();
  });

  test("that a refused exchange which is left out is no part of what is extended", () => {
    let path = extend(talk());
    const refused = reply(["no"], { model: BINDING_MODEL, stopReason: "refusal", ...of(path).binding });
    path = extend(path, refused, boundary({ type: "left-out", entryIds: ["e6", "e7"], reason: "refusal" }), human("four"));
    expect(reportOn(path)).toMatchObject({ extendsLast: false, changedBy: [{ entryId: "e8", change: "left-out" }], invalidThinking: [] });
  });
});
