import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { answer, boundary, human, made, pathOf, reply, settings, toolStart } from "../../test/builders.ts";
import { tree } from "../../test/usage-objects.ts";
import type { Entry } from "../conversation/entry.ts";
import { tombstoneOf } from "../conversation/tombstone.ts";
import { lastRequestOf, requestsOf, unansweredRow } from "./usage-row.ts";

const key = { conversationId: "c", branchId: "b" };

describe("every stored reply is one row", () => {
  const path = pathOf(
    settings(),
    human("Hello"),
    reply(["Let me look."], { model: "claude-opus-5", stopReason: "tool_use", usage: { input_tokens: 1 } }),
    toolStart("t1"),
    answer("t1"),
    reply(["Half a sen"], { model: "claude-opus-5", stopReason: null, usage: { input_tokens: 2 } }),
    human("Again"),
    reply([], { model: "claude-opus-5", stopReason: "refusal" }),
  );

  test("with its place, its turn, how it ended and what was reported", () => {
    expect(requestsOf("c", path)).toEqual([
      { id: "e3", ...key, turnId: "e2", at: 3, model: "claude-opus-5", end: "whole", stopReason: "tool_use", usage: { input_tokens: 1 } },
      { id: "e6", ...key, turnId: "e2", at: 6, model: "claude-opus-5", end: "cut", usage: { input_tokens: 2 } },
      { id: "e8", ...key, turnId: "e7", at: 8, model: "claude-opus-5", end: "whole", stopReason: "refusal" },
    ]);
  });

  test("and so is a summary that the API wrote", () => {
    const compacted = { model: "claude-opus-5", stopReason: "compaction", whole: true, usage: { input_tokens: 0 } };
    const change = { type: "compaction", throughEntryId: "e3", content: [], reply: compacted } as const;
    const summarised = pathOf(settings(), human("Hello"), reply(["Hi."]), boundary(change));
    expect(requestsOf("c", summarised)).toHaveLength(2);
    expect(lastRequestOf("c", summarised)).toEqual({
      id: "e4",
      ...key,
      turnId: "e2",
      at: 4,
      model: "claude-opus-5",
      end: "whole",
      stopReason: "compaction",
      usage: { input_tokens: 0 },
    });
    expect(requestsOf("c", pathOf(boundary({ ...change, reply: { ...compacted, copied: true } })))).toEqual([]);
  });

  test("and what was made up is none, and begins no turn", () => {
    const rows = requestsOf("c", pathOf(settings(), made("user", "Go on."), made("assistant", "Gladly."), reply(["Yes."])));
    expect(rows.map(({ id, turnId }) => [id, turnId])).toEqual([["e4", undefined]]);
  });
});

test("an erasure changes no row", () => {
  fc.assert(
    fc.property(tree, ({ paths }) => {
      const erased = paths.map((path) =>
        path.map(({ id, createdAt, branchId, seq, ...body }): Entry => ({ id, createdAt, branchId, seq, ...tombstoneOf(body) })),
      );
      expect(requestsOf("c", ...erased)).toEqual(requestsOf("c", ...paths));
    }),
  );
});

test("a reply that branches share is one row, of the branch that has its entry, and of the same turn from wherever it is seen", () => {
  fc.assert(
    fc.property(tree, ({ entries, paths }) => {
      const replies = entries.filter((entry) => entry.kind === "message" && entry.reply !== undefined);
      const rows = requestsOf("c", ...paths);
      const byId = (list: readonly { readonly id: string }[]) => list.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      expect(byId(rows).map(({ id }) => id)).toEqual(byId(replies).map(({ id }) => id));
      for (const row of rows) expect(row.branchId).toBe(entries.find(({ id }) => id === row.id)!.branchId);
      expect(byId(requestsOf("c", ...paths.toReversed()))).toEqual(byId(rows));
    }),
  );
});

test("the last request of a path is the last of all its requests, after every entry", () => {
  fc.assert(
    fc.property(tree, ({ paths }) => {
      for (const path of paths) {
        for (let end = 0; end <= path.length; end += 1)
          expect(lastRequestOf("c", path.slice(0, end))).toEqual(requestsOf("c", path.slice(0, end)).at(-1));
      }
    }),
  );
});

describe("a request without an entry has a row of its own", () => {
  const path = pathOf(settings(), human("Hello"));
  const about = { id: "r1", key, path, at: 9, model: "claude-opus-5" };

  test("that names its turn and how it ended", () => {
    expect(unansweredRow({ ...about, outcome: { type: "aborted" } })).toEqual({
      id: "r1",
      ...key,
      turnId: "e2",
      at: 9,
      model: "claude-opus-5",
      end: "nothing",
      outcome: "aborted",
    });
  });

  test("with what a stream had reported before it died", () => {
    const outcome = { type: "interrupted", reason: "connection", message: "gone" } as const;
    expect(unansweredRow({ ...about, outcome, usage: { input_tokens: 7 } })).toMatchObject({
      outcome: "interrupted",
      usage: { input_tokens: 7 },
    });
  });

  test("with the status of the API's refusal, which tells it from a request that may have run", () => {
    const failure = { code: "overloaded_error", message: "Overloaded", retryable: true };
    expect(unansweredRow({ ...about, outcome: { type: "failed", failure: { ...failure, status: 529 } } }).status).toBe(529);
    expect(unansweredRow({ ...about, outcome: { type: "failed", failure } })).not.toHaveProperty("status");
    expect(unansweredRow({ ...about, outcome: { type: "context-full", message: "", remedy: "" } }).status).toBe(400);
  });
});
