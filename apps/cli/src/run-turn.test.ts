import type { Entry } from "@antiphon/core";
import { expect, test } from "vitest";
import { isUnanswered } from "./run-turn.ts";

const place = { branchId: "b", createdAt: 1 };
const asked = {
  ...place,
  id: "m",
  seq: 2,
  kind: "message",
  role: "user",
  origin: "human",
  content: [{ type: "text", text: "Why?" }],
} as const;
const reply = {
  ...place,
  id: "r",
  seq: 3,
  kind: "message",
  role: "assistant",
  origin: "model",
  content: [{ type: "text", text: "So." }],
} as const;
const leftOut = {
  ...place,
  id: "l",
  seq: 3,
  kind: "boundary",
  boundary: { type: "left-out", entryIds: ["m"], reason: "rejected" },
  bill: { thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 },
} as const;

test.each<[string, readonly Entry[], boolean]>([
  ["the same words that nobody answered", [asked], true],
  ["the same words that were answered", [asked, reply], false],
  ["the same words that are not sent any more", [asked, leftOut], false],
  ["nothing said yet", [], false],
])("asked once more behind %s", (_what, entries, unanswered) => {
  expect(isUnanswered(entries, "Why?")).toBe(unanswered);
});

test("other words are said anew", () => {
  expect(isUnanswered([asked], "How?")).toBe(false);
});
