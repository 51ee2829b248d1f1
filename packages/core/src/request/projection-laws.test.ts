import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyMessages, anyPath, extendBy } from "../../test/any-path.ts";
import {
  BINDING_MODEL,
  boundary,
  call,
  extend,
  human,
  KEY,
  OLD_MODEL,
  pathOf,
  reply,
  sequence,
  serverCall,
  serverResult,
  settings,
  settingsOf,
  thought,
} from "../../test/builders.ts";
import type { Entry, EntryBody } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { type Projection, project } from "./project.ts";
import { isCutShort } from "./sendable.ts";

const of = (path: readonly Entry[]) => project(path, { hashKey: KEY, caching: "off" });
const blocksOf = ({ body }: Projection) => body.messages.flatMap(({ content }) => content);

/** The path as the engine makes it sendable: what was made up is stored before anything is sent. */
function prepared(path: readonly Entry[]): { path: Entry[]; projection: Projection } {
  const { repairs, superseded } = of(path);
  const cuts = superseded.map(({ entryId, content }) => boundary({ type: "superseded", entryId, content }));
  const made: EntryBody[] = repairs.length > 0 ? [{ kind: "message", role: "user", content: repairs, origin: "synthetic" }] : [];
  const ready = extend(path, ...cuts, ...made);
  return { path: ready, projection: of(ready) };
}

const boundariesIn = (path: readonly Entry[]) => path.filter((entry) => entry.kind === "boundary").length;

describe("of two requests on one path", () => {
  test("the later extends the earlier, unless a boundary lies between, and every bound thought is sent again", () => {
    const rounds = fc.array(anyMessages(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rounds, (steps) => {
        let path = pathOf(settings({ model: BINDING_MODEL }));
        let before: { said: string[]; boundaries: number } | undefined;
        for (const round of steps) {
          // What the model says is bound to the request that it answers; instructions are said in front of a question.
          const { prefixHash } = of(path);
          for (const step of round.filter(({ what }) => what !== "system")) {
            path = extendBy(path, step).map((entry) =>
              entry.kind === "message" && entry.reply && entry.reply.prefixHash === undefined
                ? { ...entry, reply: { ...entry.reply, prefixHash } }
                : entry,
            );
          }
          path = extend(path, human("and then?"));
          const ready = prepared(path);
          path = ready.path;
          const said = sequence(ready.projection.body.messages);
          if (before !== undefined && before.boundaries === boundariesIn(path))
            expect(said.slice(0, before.said.length)).toEqual(before.said);
          before = { said, boundaries: boundariesIn(path) };
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("a block", () => {
  test("of a whole reply goes back as it came, in its place", () => {
    const anyBlock: fc.Arbitrary<ContentBlock> = fc.oneof(
      fc.record({ type: fc.constantFrom("hologram", "connector_text", "mcp_tool_listing"), deep: fc.jsonValue() }),
      fc.record({ type: fc.constant("thinking"), thinking: fc.constant(""), signature: fc.string() }),
      fc.record({ type: fc.constant("text"), text: fc.string({ minLength: 1 }), citations: fc.array(fc.jsonValue()) }),
      fc.record({ type: fc.constant("compaction"), content: fc.constant(null), encrypted_content: fc.string() }),
    );
    fc.assert(
      fc.property(fc.array(anyBlock, { minLength: 1 }), (content) => {
        const { body } = of(pathOf(settings({ model: BINDING_MODEL }), human("?"), reply(content), human("and?")));
        expect(JSON.stringify(body.messages[1]?.content)).toBe(JSON.stringify(content));
      }),
    );
  });

  test("is left out for a reason of a closed list, and for no other", () => {
    fc.assert(
      fc.property(anyPath({ models: [OLD_MODEL, BINDING_MODEL], boundaries: false }), (path) => {
        const ready = prepared(extend(path, human("and?")));
        const sent = new Set(blocksOf(ready.projection));
        const rewritten = new Set(
          ready.path.flatMap((entry) =>
            entry.kind === "boundary" && entry.boundary.type === "superseded" ? [entry.boundary.entryId] : [],
          ),
        );
        for (const entry of ready.path) {
          if (entry.kind !== "message") continue;
          for (const block of entry.content) {
            const isDead = block.type.endsWith("thinking") && entry.reply?.prefixHash !== undefined;
            const isCut =
              entry.reply !== undefined && isCutShort(entry.reply) && !(block.type === "text" && String(block.text).trim() !== "");
            const reasons = [
              entry.reply?.stopReason === "refusal",
              block.type === "text" && block.text === "",
              isCut,
              isDead,
              rewritten.has(entry.id) && block.type !== "text",
              block.type === "tool_result",
            ];
            if (!reasons.includes(true)) expect(sent).toContain(block);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("that is left out by a boundary is, and its entry is named", () => {
    const path = pathOf(
      settings(),
      human("one"),
      reply(["a"]),
      human("two"),
      boundary({ type: "left-out", entryIds: ["e2", "e3"], reason: "refusal" }),
    );
    expect(of(path).body.messages).toEqual([{ role: "user", content: [{ type: "text", text: "two" }] }]);
    expect(of(path).explain.notSent).toEqual(["e2", "e3"]);
  });
});

describe("thinking that its model binds to a prefix", () => {
  const twice = (model: string) => {
    let path = pathOf(settings({ model, system: "Be brief." }), human("one"));
    path = extend(path, reply([thought("1"), "a"], { prefixHash: of(path).prefixHash }), human("two"));
    return extend(path, reply([thought("2"), "b"], { prefixHash: of(path).prefixHash }), human("three"));
  };
  const other = (model: string) => boundary({ type: "settings", settings: settingsOf({ model, system: "Be kind." }) });
  const thoughtsIn = (path: readonly Entry[]) => blocksOf(of(path)).flatMap((block) => (block.type === "thinking" ? [block.thinking] : []));

  test("is sent while that prefix is", () => {
    expect(thoughtsIn(twice(BINDING_MODEL))).toEqual(["1", "2"]);
    expect(of(twice(BINDING_MODEL)).explain.thinkingDropped).toEqual([]);
  });

  test("is not sent behind another, nor is what was thought behind it", () => {
    const path = extend(twice(BINDING_MODEL), other(BINDING_MODEL));
    expect(thoughtsIn(path)).toEqual([]);
    expect(of(path).explain.thinkingDropped).toEqual(["e3", "e5"]);
  });

  test("is not sent where an entry in front of it is left out", () => {
    expect(thoughtsIn(extend(twice(BINDING_MODEL), boundary({ type: "left-out", entryIds: ["e3"], reason: "test" })))).toEqual([]);
    expect(thoughtsIn(extend(twice(BINDING_MODEL), boundary({ type: "left-out", entryIds: ["e4"], reason: "test" })))).toEqual(["1"]);
  });

  test("is not sent behind a thought that is not", () => {
    let path = pathOf(
      settings({ model: OLD_MODEL, system: "Be brief." }),
      human("one"),
      reply([thought("1"), "a"], { prefixHash: "ff" }),
      human("two"),
    );
    path = extend(path, reply([thought("2"), "b"], { prefixHash: of(path).prefixHash }), human("three"));
    expect(thoughtsIn(path)).toEqual(["1", "2"]);
    const rebound = boundary({ type: "settings", settings: settingsOf({ model: BINDING_MODEL, system: "Be brief." }) });
    expect(thoughtsIn(extend(path, rebound))).toEqual([]);
  });

  test("is sent to a model that binds none, and where nobody knows its prefix", () => {
    expect(thoughtsIn(extend(twice(OLD_MODEL), other(OLD_MODEL)))).toEqual(["1", "2"]);
    expect(thoughtsIn(pathOf(settings({ model: BINDING_MODEL }), human("?"), reply([thought("?"), "a"]), human("!")))).toEqual(["?"]);
  });

  test("goes with what was said on from it: a changed prefix has another hash", () => {
    expect(of(twice(BINDING_MODEL)).prefixHash).not.toBe(of(extend(twice(BINDING_MODEL), other(BINDING_MODEL))).prefixHash);
  });
});

test("a refused reply is not sent, also where its boundary was never stored", () => {
  const path = pathOf(settings(), human("?"), reply(["I w"], { stopReason: "refusal" }), human("something else?"));
  expect(blocksOf(of(path)).map(({ text }) => text)).toEqual(["?", "something else?"]);
});

describe("a reply that was cut off", () => {
  const sent = (content: readonly (string | ContentBlock)[], stopReason: string | null) =>
    of(pathOf(settings(), human("?"), reply(content, { stopReason }), human("go on"))).body.messages[1];
  const pair = [serverCall("s1"), serverResult("s1")];

  test.each<[string, readonly (string | ContentBlock)[], readonly string[]]>([
    ["its last text", ["a", thought("hm")], ["text"]],
    ["its last text, without a call of a tool that runs here", ["a", call("t1"), "b"], ["text", "text"]],
    ["its last server tool that has its result", ["a", ...pair, call("t1")], ["text", "server_tool_use", "code_execution_tool_result"]],
    ["its last text, without a server tool that has none", [serverCall("s9"), "a"], ["text"]],
    ["the text before white space", ["a", " \n"], ["text"]],
  ])("is sent up to %s", (_, content, types) => {
    for (const stopReason of [null, "max_tokens", "model_context_window_exceeded"])
      expect(sent(content, stopReason)?.content.map(({ type }) => type)).toEqual(types);
  });

  test.each([[[thought("hm")]], [[call("t1")]], [[serverCall("s1")]], [[" "]], [[]]])(
    "is not sent where nothing of it stands alone: %j",
    (content) => {
      expect(sent(content, null)).toBeUndefined();
    },
  );
});
