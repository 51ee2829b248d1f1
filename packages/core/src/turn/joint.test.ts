import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Joint, overlap } from "./joint.ts";

/** Few letters, so that repetitions are common. */
const prose = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 60 });

function streamed(before: string, pieces: readonly string[]): string {
  const joint = new Joint(before);
  return pieces.map((piece) => joint.push(piece)).join("") + joint.end();
}

describe("the joint of a continued reply", () => {
  test("a repeated tail is shown once", () => {
    const before = "One, two, three, four, five, six";
    expect(streamed(before, ["three, fou", "r, five, six, seven"])).toBe(", seven");
  });

  test("a text that repeats nothing is let through at once", () => {
    const joint = new Joint("The quick brown fox jumps over");
    expect(joint.push(" the lazy dog")).toBe(" the lazy dog");
  });

  test("a short likeness is not taken for a repetition", () => {
    expect(streamed("so it goes, ha ha", ["ha ha ", "said the fox"])).toBe("ha ha said the fox");
  });

  test("in pieces or whole, the same is shown, and nothing but the overlap is missing", () => {
    fc.assert(
      fc.property(prose, prose, fc.nat(60), fc.array(fc.nat(6)), (start, end, repeated, cuts) => {
        const before = start + end;
        const next = before.slice(Math.max(0, before.length - repeated)) + end;
        const pieces: string[] = [];
        let rest = next;
        for (const cut of cuts) {
          pieces.push(rest.slice(0, cut));
          rest = rest.slice(cut);
        }
        pieces.push(rest);
        const shown = streamed(before, pieces);
        expect(shown).toBe(next.slice(overlap(before, next)));
        expect(next.endsWith(shown)).toBe(true);
      }),
    );
  });
});
