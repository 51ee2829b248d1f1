import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyPath } from "../../test/any-path.ts";
import { BINDING_MODEL, boundary, extend, human, KEY, OLD_MODEL, sequence, UNKNOWN_MODEL } from "../../test/builders.ts";
import type { Entry, EntryBody } from "../conversation/entry.ts";
import { type Projection, project } from "./project.ts";

const errorsOf = ({ explain }: Projection) =>
  explain.violations
    .filter(({ severity, rule }) => severity === "error" || rule === "cache-ttl-order")
    .map(({ rule, path }) => `${rule} at ${path}`);
const of = (path: readonly Entry[]) => project(path, { hashKey: KEY });

/** What the engine appends before it sends. */
function repairsOf({ repairs, superseded }: Projection): EntryBody[] {
  const cuts = superseded.map(({ entryId, content }) => boundary({ type: "superseded", entryId, content }));
  return repairs.length > 0 ? [...cuts, { kind: "message", role: "user", content: repairs, origin: "synthetic" }] : cuts;
}

describe.each([
  ["a model that binds thinking", BINDING_MODEL],
  ["a model of before", OLD_MODEL],
  ["a model nobody knows", UNKNOWN_MODEL],
])("the request of any path, for %s", (_, model) => {
  const law = (name: string, check: (path: Entry[]) => void) =>
    test(name, () => {
      const checked = fc.property(anyPath({ models: [model], marks: true }), (path) => {
        check(path);
      });
      fc.assert(checked, { numRuns: 500 });
    });

  law("breaks no rule of the API once a person has said something", (path) => {
    expect(errorsOf(of(extend(path, human("go on"))))).toEqual([]);
  });

  law("breaks no rule but that of a missing question where nobody has", (path) => {
    expect(errorsOf(of(path)).filter((broken) => !broken.startsWith("prefill-unsupported"))).toEqual([]);
  });

  law("is the same every time, and leaves the path as it was", (path) => {
    const before = JSON.stringify(path);
    expect(JSON.stringify(of(path))).toBe(JSON.stringify(of(JSON.parse(before) as Entry[])));
    expect(JSON.stringify(path)).toBe(before);
  });

  law("stays the same when what was made up for it is stored, and then nothing is made up any more", (path) => {
    const first = of(path);
    const second = of(extend(path, ...repairsOf(first)));
    expect(repairsOf(second)).toEqual([]);
    expect(sequence(second.body.messages)).toEqual(sequence(first.body.messages));
    expect(second.prefixHash).toBe(first.prefixHash);
  });
});
