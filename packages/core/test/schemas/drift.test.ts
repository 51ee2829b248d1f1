import { expect, test } from "vitest";
import * as z from "zod/mini";
import { shapeOf } from "../../src/schemas/shape-of.ts";

type Thing = { readonly kind: "a"; readonly size: number; readonly name?: string } | { readonly kind: "b" };

const name = z.optional(z.string());
const b = z.looseObject({ kind: z.literal("b") });

/** The lines below are checked as the tests are compiled: an error that does not come is itself one. */
const drifted = [
  // @ts-expect-error: it takes a number for a name
  shapeOf<Thing>()(z.union([z.looseObject({ kind: z.literal("a"), size: z.number(), name: z.optional(z.number()) }), b])),
  // @ts-expect-error: it does not know the optional field
  shapeOf<Thing>()(z.union([z.looseObject({ kind: z.literal("a"), size: z.number() }), b])),
  // @ts-expect-error: it does not know the other kind
  shapeOf<Thing>()(z.union([z.looseObject({ kind: z.literal("a"), size: z.number(), name })])),
  // @ts-expect-error: it knows a kind too many
  shapeOf<Thing>()(z.union([z.looseObject({ kind: z.literal("a"), size: z.number(), name }), b, z.looseObject({ kind: z.literal("c") })])),
  // @ts-expect-error: it does without a field that is needed
  shapeOf<Thing>()(z.union([z.looseObject({ kind: z.literal("a"), size: z.optional(z.number()), name }), b])),
  // @ts-expect-error: it demands a field that need not be there
  shapeOf<Thing>()(z.union([z.looseObject({ kind: z.literal("a"), size: z.number(), name: z.string() }), b])),
  // @ts-expect-error: it takes a text too few
  shapeOf<"x" | "y">()(z.literal("x")),
  // @ts-expect-error: it takes a text too many
  shapeOf<"x" | "y">()(z.enum(["x", "y", "z"])),
];

test("a schema that fits its type is handed through; one that does not is an error of the compiler", () => {
  const fits = z.union([z.looseObject({ kind: z.literal("a"), size: z.number(), name }), b]);
  expect(shapeOf<Thing>()(fits)).toBe(fits);
  expect(drifted).toHaveLength(8);
});
