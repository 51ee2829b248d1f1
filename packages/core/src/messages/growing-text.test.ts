import fc from "fast-check";
import { expect, test } from "vitest";
import { GrowingText } from "./growing-text.ts";

test("a growing text is its pieces in order, whenever it is read", () => {
  const piece = fc.oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.string({ minLength: 4000, maxLength: 9000 }), fc.constant(""));
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
