import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyPath } from "../../test/any-path.ts";
import {
  answer,
  BINDING_MODEL,
  call,
  extend,
  human,
  KEY,
  pathOf,
  reply,
  result,
  says,
  serverCall,
  serverResult,
  settings,
  settingsOf,
  thought,
} from "../../test/builders.ts";
import type { Entry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { type Caching, marksIn } from "./cache-marks.ts";
import { project } from "./project.ts";

const of = (path: readonly Entry[], caching: Caching = "5m") => project(path, { hashKey: KEY, caching });
const markedBlocks = ({ body }: ReturnType<typeof of>) =>
  body.messages.flatMap(({ content }) => content.filter((block) => block.cache_control !== undefined));
const textsOf = (blocks: readonly ContentBlock[]) => blocks.map((block) => block.text ?? block.tool_use_id ?? block.type);
const orderBroken = (path: readonly Entry[], caching: Caching = "5m") =>
  of(path, caching).explain.violations.some(({ rule }) => rule === "cache-ttl-order");
const MARK = { type: "ephemeral" };

describe("cache marks", () => {
  test("are at most four, whatever the path and its caller's own marks", () => {
    const count = fc.nat({ max: 3 });
    const marks = fc.record({ system: count, tools: count, said: count, nested: count, automatic: fc.boolean() });
    fc.assert(
      fc.property(anyPath(), marks, (path, { system, tools, said, nested, automatic }) => {
        const own = settingsOf({
          ...(automatic && { cache_control: { type: "ephemeral" as const } }),
          system: Array.from({ length: system }, () => ({
            type: "text" as const,
            text: "s",
            cache_control: { type: "ephemeral" as const },
          })),
          tools: Array.from({ length: tools }, (_, at) => ({
            name: `t${at}`,
            input_schema: { type: "object" as const },
            cache_control: { type: "ephemeral" as const },
          })),
        });
        const words = Array.from({ length: said }, (_, at) => ({ ...says(`word ${at}`), cache_control: MARK }));
        const found = Array.from({ length: nested }, (_, at) => ({ ...says(`found ${at}`), cache_control: MARK }));
        const looked = reply([call("looks")], { stopReason: "tool_use" });
        const { body } = of(
          extend(path, { kind: "settings", settings: own }, human("?"), looked, answer("looks", found), human("and", ...words)),
        );
        const theirs = system + tools + said + nested + (automatic ? 1 : 0);
        const all = marksIn([body.system, body.tools, body.messages]).length + (body.cache_control ? 1 : 0);
        expect(all).toBeLessThanOrEqual(Math.max(4, theirs));
        expect(all).toBeGreaterThanOrEqual(theirs);
      }),
    );
  });

  test("never stand on thinking, empty text or a type that nobody knows, and change nothing else", () => {
    fc.assert(
      fc.property(anyPath(), (path) => {
        const withMarks = of(path);
        for (const block of markedBlocks(withMarks)) {
          expect(["thinking", "redacted_thinking", "hologram"]).not.toContain(block.type);
          if (block.type === "text") expect(String(block.text).trim()).not.toBe("");
          expect(block.cache_control).toEqual(MARK);
        }
        const bare = JSON.parse(JSON.stringify(withMarks.body), (key, value: unknown) =>
          key === "cache_control" ? undefined : value,
        ) as unknown;
        expect(bare).toEqual(JSON.parse(JSON.stringify(of(path, "off").body)));
      }),
    );
  });

  test("stand on the last block, and on the one where the last request ended", () => {
    const path = pathOf(settings(), human("one"), reply(["a"]), human("two"));
    expect(textsOf(markedBlocks(of(path)))).toEqual(["one", "two"]);
    expect(of(path).explain.marks).toEqual(["messages.0.content.0", "messages.2.content.0"]);
  });

  test("stand where the last request ended, also after a pause, which adds to the same message", () => {
    const paused = pathOf(settings(), human("one"), reply([serverCall("s1"), serverResult("s1"), "so far"], { stopReason: "pause_turn" }));
    const first = of(paused);
    expect(textsOf(markedBlocks(first))).toEqual(["one", "so far"]);
    const again = of(extend(paused, reply(["and more"]), human("two")));
    expect(textsOf(markedBlocks(again))).toEqual(["so far", "two"]);
  });

  test("of the request before are all read again, for any exchange", () => {
    const exchange = fc.constantFrom(
      [human("q")],
      [reply([call("t")], { stopReason: "tool_use" }), answer("t")],
      [reply(["half"], { stopReason: "max_tokens" }), human("go on")],
      [reply([thought("hm"), "so"], { stopReason: "pause_turn" })],
    );
    fc.assert(
      fc.property(fc.array(exchange, { minLength: 1, maxLength: 6 }), (exchanges) => {
        let path = pathOf(settings(), human("first"));
        for (const bodies of exchanges) {
          const before = of(path);
          const last = before.explain.marks.at(-1);
          path = extend(path, ...(bodies[0]?.reply ? bodies : [reply(["answer"]), ...bodies]));
          expect(of(path).explain.marks).toContain(last);
        }
      }),
    );
  });

  test("last as long as they are asked to, and no longer than a mark of the caller before them", () => {
    const path = pathOf(settings(), human("one"));
    expect(markedBlocks(of(path, "1h"))[0]?.cache_control).toEqual({ type: "ephemeral", ttl: "1h" });
    const short = pathOf(settings({ system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }] }), human("one"));
    expect(markedBlocks(of(short, "1h"))[0]?.cache_control).toEqual(MARK);
  });

  test("of five minutes never stand in front of a mark of an hour that the caller set", () => {
    const hour = { type: "ephemeral", ttl: "1h" };
    const path = pathOf(settings(), human("one"), reply(["a"]), human({ ...says("two"), cache_control: hour }));
    expect(markedBlocks(of(path)).map((block) => [block.text, block.cache_control])).toEqual([
      ["one", hour],
      ["two", hour],
    ]);
    const nested = human({ ...result("t1"), content: [{ ...says("found"), cache_control: hour }] });
    const answered = pathOf(settings(), human("one"), reply([call("t1")], { stopReason: "tool_use" }), nested);
    expect(markedBlocks(of(answered)).map((block) => block.cache_control)).toEqual([hour, hour]);
    expect(orderBroken(extend(path, reply(["b"]), human("three")))).toBe(false);
    expect(markedBlocks(of(extend(path, reply(["b"]), human("three")))).at(-1)?.cache_control).toEqual(MARK);
  });

  test("break no order of durations that the caller's own marks do not break, whatever the path", () => {
    const system = fc.constantFrom(undefined, "5m" as const, "1h" as const);
    const caching = fc.constantFrom("5m" as const, "1h" as const);
    fc.assert(
      fc.property(anyPath({ marks: true }), system, caching, (path, ttl, asked) => {
        const block = { type: "text" as const, text: "s", ...(ttl && { cache_control: { type: "ephemeral" as const, ttl } }) };
        const said = extend(path, { kind: "settings", settings: settingsOf({ system: [block] }) }, human("and?"));
        expect(orderBroken(said, asked) && !orderBroken(said, "off")).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("are none of ours where caching is off, or the API places its own", () => {
    expect(markedBlocks(of(pathOf(settings(), human("one")), "off"))).toEqual([]);
    expect(markedBlocks(of(pathOf(settings({ cache_control: { type: "ephemeral" } }), human("one"))))).toEqual([]);
  });

  test("stand on a block whose mark is null as on one that has none", () => {
    expect(markedBlocks(of(pathOf(settings({ model: BINDING_MODEL }), human({ ...says("one"), cache_control: null }))))).toEqual([
      { ...says("one"), cache_control: MARK },
    ]);
  });
});
