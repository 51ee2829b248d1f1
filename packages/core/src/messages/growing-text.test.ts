import fc from "fast-check";
import { expect, test } from "vitest";
import { GrowingPart, GrowingText } from "./growing-text.ts";

const piece = fc.oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.string({ minLength: 4000, maxLength: 9000 }), fc.constant(""));

test("a growing text is its pieces in order, whenever it is read", () => {
  fc.assert(
    fc.property(piece, fc.array(fc.tuple(piece, fc.boolean()), { maxLength: 30 }), (start, pieces) => {
      const text = new GrowingText(start);
      let expected = start;
      for (const [more, isRead] of pieces) {
        text.add(more);
        expected += more;
        if (isRead) expect(text.toString()).toBe(expected);
      }
      expect(text.toString()).toBe(expected);
    }),
  );
});

test("a part of it is the pieces that it was told of, whatever was read before and came behind", () => {
  const pieces = fc.array(fc.tuple(piece, fc.boolean()), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(piece, pieces, pieces, (start, own, behind) => {
      const text = new GrowingText(start);
      let part: GrowingPart | undefined;
      for (const [more, isRead] of own) {
        text.add(more);
        if (part === undefined) part = new GrowingPart(text, more);
        else part.add(more);
        if (isRead) text.toString();
      }
      for (const [more, isRead] of behind) {
        text.add(more);
        if (isRead) text.toString();
      }
      expect(part!.toString()).toBe(own.map(([more]) => more).join(""));
    }),
  );
});
