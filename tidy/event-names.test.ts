import { expect, test } from "vitest";
import { read } from "./repository.ts";

const typesIn = (file: string): readonly string[] =>
  [...read(file).matchAll(/\breadonly type: "([\w-]+)"/g)].map((match) => match[1] ?? "");

/** What the fold knows and no reader is told. */
const UNTOLD = new Set(["nothing", "facts", "block-delta"]);

test("the page of events lists each of them once, and none that there is not", () => {
  const events = [...typesIn("packages/core/src/turn/turn-event.ts"), ...typesIn("packages/core/src/messages/reply-change.ts")];
  // A change that is told in more than one shape is one event.
  const told = [...new Set(events)].filter((type) => !UNTOLD.has(type));
  const listed = [...read("docs/events.md").matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1] ?? "");
  expect(told.length).toBeGreaterThan(15);
  expect(listed.toSorted()).toEqual(told.toSorted());
});

test("events are noun-verb: a thing, then what becomes of it", () => {
  const names = typesIn("packages/core/src/turn/turn-event.ts");
  expect(names.filter((name) => !/^[a-z]+(?:-[a-z]+)+$/.test(name))).toEqual([]);
});
