import fc from "fast-check";
import type { Gate } from "@antiphon/testing/messages-server";
import { PARTS, type Part } from "./reply-parts.ts";

/** What the API answers a request with: a reply, perhaps faulty, or an HTTP error. */
export type AnswerSpec = ReplySpec | { readonly is: "error"; readonly what: ErrorSpec };

export interface ReplySpec {
  readonly is: "reply";
  readonly parts: readonly Part[];
  readonly stop: Stop;
  readonly fault?: FaultSpec;
  /** Where it hangs until it is let go. */
  readonly hold?: { readonly gate: Gate; readonly atByte: number };
}

/** By status, but for a prompt that is too long, which is a 400 of its own. */
export type ErrorSpec = 401 | 413 | 429 | 529 | "too-long";

export const STOPS = ["pause_turn", "refusal", "cut", "window", "stop_sequence", "compaction", "later_reason", "end_turn", "null"] as const;
/** `by-content` is what the API says of such a content; `cut` is `max_tokens`, wherever that falls. */
export type Stop = "by-content" | (typeof STOPS)[number];

/** Where a stream goes wrong: `atByte` of what the server would have sent. */
export interface FaultSpec {
  readonly kind: "cut" | "end" | "error-event" | "malformed-json" | "restart";
  readonly atByte: number;
}

const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Part>("text", "thinking", "note") },
  { weight: 5, arbitrary: fc.constantFrom<Part>(...PARTS) },
);

const stop = fc.oneof({ weight: 6, arbitrary: fc.constant<Stop>("by-content") }, { weight: 4, arbitrary: fc.constantFrom<Stop>(...STOPS) });

const fault = fc.record({
  kind: fc.constantFrom("cut", "end", "error-event", "malformed-json", "restart"),
  atByte: fc.oneof(fc.nat({ max: 3000 }), fc.nat({ max: 600 })),
}) satisfies fc.Arbitrary<FaultSpec>;

const reply = fc
  .record({ is: fc.constant("reply" as const), parts: fc.array(part, { maxLength: 5 }), stop, fault: rarely(fault) })
  .map(withoutUndefined) as fc.Arbitrary<ReplySpec>;

const error = fc.record({
  is: fc.constant("error" as const),
  what: fc.constantFrom<ErrorSpec>(401, 413, 429, 529, "too-long", "too-long"),
});

export const anyAnswer: fc.Arbitrary<AnswerSpec> = fc.oneof({ weight: 9, arbitrary: reply }, { weight: 1, arbitrary: error });

export const anyAnswers: fc.Arbitrary<readonly AnswerSpec[]> = fc.array(anyAnswer, { minLength: 1, maxLength: 4 });

/** A fifth of the time, something; else nothing. */
export function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
