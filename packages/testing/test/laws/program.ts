import { type Block, type Fault, toolUse } from "@antiphon/testing/messages-server";
import fc from "fast-check";

/** What the server answers a request with: a reply, perhaps faulty, or an HTTP error. */
export type AnswerSpec =
  | { readonly is: "reply"; readonly parts: readonly Part[]; readonly stop: Stop; readonly fault?: FaultSpec }
  | { readonly is: "error"; readonly status: 401 | 429 | 529 };

export type Part =
  | "text"
  | "blank"
  | "empty"
  | "thinking"
  | "redacted"
  | "note"
  | "fail"
  | "elsewhere"
  | "nobody"
  | "search"
  | "searching"
  | "code"
  | "hologram";
export type Stop =
  | "by-content"
  | "pause_turn"
  | "refusal"
  | "cut"
  | "window"
  | "stop_sequence"
  | "compaction"
  | "later_reason"
  | "end_turn"
  | "null";
export type FaultSpec = { readonly kind: "cut" | "end" | "error-event" | "malformed-json" | "restart"; readonly afterEvents: number };

/** One step of a program. Numbers choose among what there is when the step comes, so that every program can run. */
export type Step =
  | {
      readonly do: "send";
      readonly answers: readonly AnswerSpec[];
      readonly streaming: boolean;
      readonly continuations: number;
      readonly abortAt?: number;
      readonly crashAt?: Crash;
    }
  | { readonly do: "resume"; readonly answers: readonly AnswerSpec[]; readonly crashAt?: Crash }
  | { readonly do: "append"; readonly what: "user" | "assistant" | "result" | "late-result"; readonly pick: number }
  | { readonly do: "record"; readonly answer: AnswerSpec }
  | { readonly do: "fork" | "edit"; readonly pick: number; readonly answers: readonly AnswerSpec[] }
  | { readonly do: "regenerate"; readonly answers: readonly AnswerSpec[] }
  | { readonly do: "undo" | "redo" | "reopen" | "other-handle" }
  | { readonly do: "update"; readonly what: "system" | "tools" | "max_tokens" | "model"; readonly pick: number };

/** The store dies behind so many writes, the last of them done or not; then the conversation is opened again. */
export interface Crash {
  readonly writes: number;
  readonly lastIsDone: boolean;
}

export interface Program {
  readonly model: string;
  readonly steps: readonly Step[];
}

/** One that binds thinking and takes no prefill, one that does the reverse, and one that does neither. */
export const MODELS = ["claude-sonnet-5-5", "claude-opus-4-5", "claude-sonnet-4-6"] as const;

const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Part>("text", "thinking", "note") },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Part>(
      "blank",
      "empty",
      "redacted",
      "fail",
      "elsewhere",
      "nobody",
      "search",
      "searching",
      "code",
      "hologram",
    ),
  },
);
const stop = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Stop>("by-content") },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Stop>(
      "pause_turn",
      "refusal",
      "cut",
      "window",
      "stop_sequence",
      "compaction",
      "later_reason",
      "end_turn",
      "null",
    ),
  },
);
const fault = fc.record({
  kind: fc.constantFrom("cut", "end", "error-event", "malformed-json", "restart"),
  afterEvents: fc.nat({ max: 16 }),
}) satisfies fc.Arbitrary<FaultSpec>;
const answer: fc.Arbitrary<AnswerSpec> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .record(
        { is: fc.constant("reply" as const), parts: fc.array(part, { maxLength: 5 }), stop, fault: rarely(fault) },
        { requiredKeys: ["is", "parts", "stop"] },
      )
      .map(withoutUndefined),
  },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constant("error" as const), status: fc.constantFrom(401 as const, 429 as const, 529 as const) }),
  },
);
const answers = fc.array(answer, { minLength: 1, maxLength: 4 });
const crashAt = rarely(fc.record({ writes: fc.nat({ max: 14 }), lastIsDone: fc.boolean() }));
const pick = fc.nat({ max: 99 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        do: fc.constant("send" as const),
        answers,
        streaming: often(true),
        continuations: fc.nat({ max: 2 }),
        abortAt: rarely(fc.nat({ max: 25 })),
        crashAt,
      })
      .map(withoutUndefined),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("resume" as const), answers, crashAt }).map(withoutUndefined) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("append" as const), what: fc.constantFrom("user", "assistant", "result", "late-result"), pick }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("record" as const), answer }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("fork", "edit"), pick, answers }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("regenerate" as const), answers }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("undo", "redo", "reopen", "other-handle") }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("update" as const), what: fc.constantFrom("system", "tools", "max_tokens", "model"), pick }),
  },
) as fc.Arbitrary<Step>;

export const programs: fc.Arbitrary<Program> = fc.record({
  model: fc.constantFrom(...MODELS),
  steps: fc.array(step, { minLength: 1, maxLength: 9 }),
});

/** The parts that call a tool which runs here. In every recorded reply nothing stands behind such a call. */
const CALLS: ReadonlySet<Part> = new Set(["note", "fail", "elsewhere", "nobody", "code"]);

/** The content of a reply. `id` makes its ids and texts its own. */
export function contentOf(parts: readonly Part[], id: string): Block[] {
  const inOrder = [...parts.filter((each) => !CALLS.has(each)), ...parts.filter((each) => CALLS.has(each))];
  return inOrder.flatMap((each, at) => blocksOf(each, `${id}_${at}`));
}

export function faultsOf(spec: FaultSpec | undefined): Fault[] {
  return spec === undefined ? [] : [{ kind: spec.kind, at: { afterEvents: spec.afterEvents } }];
}

function blocksOf(each: Part, id: string): Block[] {
  switch (each) {
    case "text":
      return [{ type: "text", text: `Said in ${id}, and then some more of it.` }];
    case "blank":
      return [{ type: "text", text: " \n" }];
    case "empty":
      return [{ type: "text", text: "" }];
    case "thinking":
      return [{ type: "thinking", thinking: `Thought in ${id}.` }];
    case "redacted":
      return [{ type: "redacted_thinking" }];
    case "search":
      return [serverCall(id, "web_search"), { type: "web_search_tool_result", tool_use_id: `srvtoolu_${id}`, content: [] }];
    case "searching":
      return [serverCall(id, "web_search")];
    case "code":
      return [
        serverCall(id, "code_execution"),
        { ...toolUse("elsewhere", {}, `toolu_${id}`), caller: { type: "code_execution_20260120", tool_id: `srvtoolu_${id}` } },
      ];
    case "hologram":
      return [{ type: "hologram", light: [id] }];
    default:
      return [toolUse(each, { id }, `toolu_${id}`)];
  }
}

function serverCall(id: string, name: string): Block {
  return { type: "server_tool_use", id: `srvtoolu_${id}`, name, input: { about: id } };
}

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function often(value: boolean): fc.Arbitrary<boolean> {
  return fc.nat({ max: 4 }).map((drawn) => (drawn === 4 ? !value : value));
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
