import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyMessages, anyPath, extendBy } from "../../test/any-path.ts";
import {
  answer,
  BINDING_MODEL,
  boundary,
  call,
  extend,
  human,
  KEY,
  made,
  OLD_MODEL,
  pathOf,
  reply,
  says,
  serverCall,
  settings,
  settingsOf,
  thought,
} from "../../test/builders.ts";
import type { Entry } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { project, type Projection } from "./project.ts";
import { ProjectionMemory } from "./projection-memory.ts";

const plain = (path: readonly Entry[]) => project(path, { hashKey: KEY });
const remembering = (path: readonly Entry[], memory: ProjectionMemory) => project(path, { hashKey: KEY, memory });

/** Violations are found in another order where a part was checked before. */
const comparable = ({ explain: { violations, ...explain }, ...projection }: Projection) => ({
  ...projection,
  explain,
  violations: violations.map((violation) => JSON.stringify(violation)).toSorted(),
});

/** The path as it grew, with each reply bound to the prefix that stood before it, as a living one is. */
function grown(path: readonly Entry[]): readonly (readonly Entry[])[] {
  const stages: Entry[][] = [];
  const entries: Entry[] = [];
  for (const entry of path) {
    const isBound = entry.kind === "message" && entry.reply !== undefined && entry.reply.prefixHash === undefined;
    entries.push(isBound ? { ...entry, reply: { ...entry.reply, prefixHash: plain(entries).prefixHash } } : entry);
    stages.push(entries.slice());
  }
  return stages;
}

describe("a projection that remembers", () => {
  test("comes to what one comes to that does not, at each step of a path", () => {
    fc.assert(
      fc.property(anyPath({ marks: true }), (path) => {
        const memory = new ProjectionMemory();
        for (const stage of grown(path)) {
          expect(comparable(remembering(stage, memory))).toEqual(comparable(plain(stage)));
          const asked = extend(stage, human("and then?"));
          expect(comparable(remembering(asked, memory))).toEqual(comparable(plain(asked)));
        }
      }),
      { numRuns: 400 },
    );
  });

  test("knows whose thinking is another user's, where the user changed while nobody asked", () => {
    const memory = new ProjectionMemory();
    const ofUser = (user: string) => settings({ model: BINDING_MODEL, metadata: { user_id: user } });
    const said = (user: string) => [human("?"), reply([thought("hm"), says("so")], { model: BINDING_MODEL, madeFor: { endUser: user } })];
    const first = pathOf(ofUser("a"), ...said("a"), ...said("a"));
    remembering(first, memory);
    const path = extend(extend(first, ofUser("b")), ...said("b"), ...said("b"));
    expect(comparable(remembering(path, memory))).toEqual(comparable(plain(path)));
    expect(plain(path).explain.prefix.invalidThinking).toMatchObject([{ because: "end-user" }, { because: "end-user" }]);
  });

  test("does so too where it is asked about paths of several branches in turn", () => {
    fc.assert(
      fc.property(fc.array(anyPath(), { minLength: 2, maxLength: 3 }), fc.array(fc.nat({ max: 40 })), (paths, picks) => {
        const memory = new ProjectionMemory();
        const stages = paths.flatMap((path) => grown(path));
        for (const pick of picks) {
          const stage = stages[pick % stages.length]!;
          expect(comparable(remembering(stage, memory))).toEqual(comparable(plain(stage)));
        }
      }),
    );
  });

  test("does so too on branches that share what is settled, and go on otherwise", () => {
    const forks = fc.array(fc.tuple(fc.nat({ max: 1000 }), anyMessages()), { maxLength: 4 });
    fc.assert(
      fc.property(anyPath(), forks, (path, others) => {
        const memory = new ProjectionMemory();
        let stages = grown(path);
        for (const stage of stages) remembering(stage, memory);
        for (const [pick, steps] of others) {
          let branch: readonly Entry[] = stages.at(-1)!.slice(0, 1 + (pick % stages.at(-1)!.length));
          for (const step of steps) {
            branch = extendBy(branch, step);
            expect(comparable(remembering(branch, memory))).toEqual(comparable(plain(branch)));
          }
          stages = [...stages, branch];
        }
      }),
      { numRuns: 300 },
    );
  });

  test("looks at what was said since the last reply that it knew, and at no entry before it again", () => {
    const memory = new ProjectionMemory();
    const rounds = Array.from({ length: 50 }, (_, at) => [human(`question ${at}`), reply([`answer ${at}`])]);
    const path = pathOf(settings(), ...rounds.flat());
    remembering(extend(path, human("and?")), memory);
    const touched = watched(extend(path, human("and?"), reply(["so"]), human("and now?")));
    remembering(touched.path, memory);
    expect(touched.contentRead()).toEqual([-1, 0, 1, 2].map((at) => path.length + at));
  });
});

/** The path with every reading of an entry's content noted, by index. Ends of what is settled are known by identity, so entries stay the same objects. */
function watched(path: readonly Entry[]): { path: readonly Entry[]; contentRead(): number[] } {
  const read = new Set<number>();
  for (const [at, entry] of path.entries()) {
    if (entry.kind !== "message") continue;
    const { content } = entry;
    Object.defineProperty(entry, "content", {
      get: () => {
        read.add(at);
        return content;
      },
    });
  }
  return { path, contentRead: () => [...read].toSorted((one, other) => one - other) };
}

describe("what comes behind a settled start", () => {
  /** Projects the path at each of its stages, so that as much as can be is settled when the last comes. */
  const expectSame = (path: readonly Entry[]) => {
    const memory = new ProjectionMemory();
    for (let end = 1; end <= path.length; end += 1) {
      const stage = path.slice(0, end);
      expect(comparable(remembering(stage, memory))).toEqual(comparable(plain(stage)));
    }
    return memory;
  };
  const start = [human("one"), reply(["a"]), human("two"), reply(["b"])];
  const marked = (word: string) => ({ ...says(word), cache_control: { type: "ephemeral" } });
  const cited = { type: "document", source: { type: "text", media_type: "text/plain", data: "d" }, citations: { enabled: true } };

  test.each<[string, readonly Entry[]]>([
    [
      "a boundary that reaches back",
      extend(pathOf(settings(), ...start, human("three")), boundary({ type: "left-out", entryIds: ["e2"], reason: "test" })),
    ],
    [
      "the leaving out of the reply behind it",
      extend(pathOf(settings(), ...start), boundary({ type: "left-out", entryIds: ["e5"], reason: "test" }), human("three")),
    ],
    [
      "another system prompt",
      extend(
        pathOf(settings({ model: BINDING_MODEL }), ...start),
        { kind: "settings", settings: settingsOf({ model: BINDING_MODEL, system: "New." }) },
        human("three"),
      ),
    ],
    [
      "another model",
      extend(
        pathOf(settings({ model: BINDING_MODEL }), ...start),
        { kind: "settings", settings: settingsOf({ model: OLD_MODEL }) },
        human("three"),
      ),
    ],
    [
      "a setting that goes badly with what was said",
      extend(
        pathOf(settings(), human("one", cited), reply(["a"]), human("two"), reply(["b"])),
        { kind: "settings", settings: settingsOf({ output_config: { format: { type: "json_schema", schema: {} } } }) },
        human("three"),
      ),
    ],
    [
      "a fifth mark of the caller",
      pathOf(settings(), human(marked("1"), marked("2")), reply(["a"]), human(marked("3"), marked("4")), reply(["b"]), human(marked("5"))),
    ],
    [
      "the end of the hope for a server tool's result",
      pathOf(
        settings(),
        human("one"),
        reply([serverCall("s1"), call("t1")], { stopReason: "tool_use" }),
        answer("t1"),
        reply(["b"]),
        human("three"),
      ),
    ],
    [
      "an image of more than twenty",
      pathOf(
        settings(),
        human("one", ...Array.from({ length: 20 }, wideImage)),
        reply(["a"]),
        human("two"),
        reply(["b"]),
        human("three", wideImage()),
      ),
    ],
  ])("is seen by what it does to it: %s", (_, path) => {
    expectSame(path);
  });

  test("is no reply on a branch that goes on with an instruction", () => {
    const memory = new ProjectionMemory();
    const shared = pathOf(settings({ model: BINDING_MODEL }), human("one"), reply(["a"]), human("two"));
    remembering(extend(shared, reply(["b"]), human("three")), memory);
    const branch = extend(shared, made("system", "Be kind."), reply(["c"]), human("four"));
    expect(comparable(remembering(branch, memory))).toEqual(comparable(plain(branch)));
  });

  test("is no reply of which nothing is sent, in front of an instruction", () => {
    const cut = reply([thought("hm"), serverCall("s1")], { stopReason: "tool_use" });
    const path = pathOf(settings({ model: BINDING_MODEL }), human("one"), cut, made("system", "Be kind."), reply(["c"]), human("four"));
    expectSame(
      extend(path.slice(0, 3), boundary({ type: "left-out", entryIds: ["e3"], reason: "test" }), made("system", "Be kind."), reply(["c"])),
    );
    expectSame(path);
  });

  test("settles anew where a reply that it began with is not sent any more", () => {
    const pending = reply([serverCall("s1")]);
    const path = pathOf(
      settings(),
      human("one"),
      pending,
      human("two"),
      boundary({ type: "superseded", entryId: "e3", content: [] }),
      reply(["b"]),
      human("three"),
    );
    expect(expectSame(path).startOf(path, { hashKey: KEY }).length).toBe(5);
  });

  test("does not keep a round of tools from settling when it is answered", () => {
    const rounds = Array.from({ length: 5 }, (_, at) => [reply([call(`t${at}`)], { stopReason: "tool_use" }), answer(`t${at}`)]);
    const path = pathOf(settings(), human("go"), ...rounds.flat());
    expect(expectSame(path).startOf(path, { hashKey: KEY }).length).toBe(path.length - 2);
  });
});

test("facts that a catalog has learned since are seen by what they do", () => {
  const memory = new ProjectionMemory();
  let boundThinking = false;
  const models = { facts: (id: string) => ({ id, boundThinking, sources: {} }) };
  const said = [human("one"), reply([thought("1"), "a"], { prefixHash: "ff" }), human("two"), reply(["b"])];
  const path = pathOf(settings(), ...said, human("three"));
  const dropped = () => project(path, { hashKey: KEY, memory, models }).explain.thinkingDropped;
  expect(dropped()).toEqual([]);
  boundThinking = true;
  expect(dropped()).toEqual(["e3"]);
});

/** A PNG of 3,000 pixels by 10, as far as its header says. */
function wideImage(): ContentBlock {
  const header = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0x0b, 0xb8, 0, 0, 0, 10, 8, 2, 0, 0, 0,
  ];
  return { type: "image", source: { type: "base64", media_type: "image/png", data: Buffer.from(header).toString("base64") } };
}
