import { ERROR_TYPES } from "./api-error.ts";
import type { Gate } from "./gate.ts";
import { eventFrame, recordedFrames, textFrame, type Frame } from "./sse.ts";

/**
 * A place in a response. `headers` is before the status line; `{ afterEvents: 0 }` is between headers and body. In a body that is not a
 * stream, `afterEvents: 1` is its end. A place beyond the end is the end.
 */
export type Place = "headers" | { readonly afterEvents: number } | { readonly beforeEvent: string } | { readonly atByte: number };

/** What goes wrong with a reply, and where. */
export type Fault =
  /** The socket is destroyed. */
  | { readonly kind: "cut"; readonly at: Place }
  /** The body ends as if it were complete. */
  | { readonly kind: "end"; readonly at: Place }
  /** Nothing more is written until the client leaves, except pings where asked for. */
  | { readonly kind: "silence"; readonly at: Place; readonly pings?: boolean }
  /** The reply waits for `gate.release()`, then goes on. */
  | { readonly kind: "hold"; readonly at: Place; readonly gate: Gate }
  /** An `error` event after 200, and the end. Default: overloaded. */
  | { readonly kind: "error-event"; readonly at: Place; readonly status?: number; readonly message?: string }
  /** The JSON of the next event is cut in half. */
  | { readonly kind: "malformed-json"; readonly at: Place }
  /** Bytes that are not part of the reply: an unknown event, a comment, anything. */
  | { readonly kind: "insert"; readonly at: Place; readonly text: string }
  /** The whole stream starts again, as a second generation in one response. */
  | { readonly kind: "restart"; readonly at: Place }
  /** The body is written in pieces of so many bytes each, whatever they tear apart. */
  | { readonly kind: "pieces"; readonly bytes: number };

/** What the server does for a reply, in order. */
export type Step =
  | { readonly do: "head" }
  | ({ readonly do: "write" } & Frame)
  | { readonly do: "hold"; readonly gate: Gate }
  | { readonly do: "silence"; readonly pings: boolean }
  | { readonly do: "cut" }
  | { readonly do: "end" };

/** The steps of a reply with its faults. Without any: head, every frame, end. */
export function stepsOf(frames: readonly Frame[], faults: readonly Fault[] = []): readonly Step[] {
  const whole: readonly Step[] = [{ do: "head" }, ...frames.map(write), { do: "end" }];
  return faults.reduce((steps, fault) => apply(steps, fault, frames), whole);
}

function apply(steps: readonly Step[], fault: Fault, frames: readonly Frame[]): readonly Step[] {
  if (fault.kind === "pieces") return inPieces(steps, fault.bytes);
  const [before, after] = splitAt(steps, needsHead(fault) ? { afterEvents: 0 } : fault.at);
  switch (fault.kind) {
    case "cut":
    case "end":
      return [...before, { do: fault.kind }];
    case "silence":
      return [...before, { do: "silence", pings: fault.pings ?? false }];
    case "hold":
      return [...before, { do: "hold", gate: fault.gate }, ...after];
    case "insert":
      return [...before, ...recordedFrames(fault.text).map(write), ...after];
    case "restart":
      return [...before, ...frames.map(write), ...after];
    case "error-event":
      return [...before, write(errorFrame(fault.status ?? 529, fault.message ?? "Overloaded")), { do: "end" }];
    case "malformed-json":
      return [...before, ...after.map((step, at) => (at === after.findIndex(isWrite) ? halved(step) : step))];
  }
}

/** What writes or ends a body cannot come before the headers. */
function needsHead(fault: Exclude<Fault, { kind: "pieces" }>): boolean {
  return fault.at === "headers" && fault.kind !== "cut" && fault.kind !== "silence" && fault.kind !== "hold";
}

function write(frame: Frame): Step {
  return { do: "write", ...frame };
}

function isWrite(step: Step): boolean {
  return step.do === "write";
}

function errorFrame(status: number, message: string): Frame {
  return eventFrame({ type: "error", error: { type: ERROR_TYPES[status] ?? "api_error", message } });
}

function halved(step: Step): Step {
  if (step.do !== "write") return step;
  const text = Buffer.from(step.bytes).toString().trimEnd();
  const dataAt = Math.max(0, text.indexOf("data:"));
  return write(textFrame(step.event, `${text.slice(0, dataAt + Math.ceil((text.length - dataAt) / 2))}\n\n`));
}

function splitAt(steps: readonly Step[], place: Place): readonly [Step[], Step[]] {
  if (place === "headers") return [[], [...steps]];
  let events = 0;
  let bytes = 0;
  for (const [at, step] of steps.entries()) {
    if (step.do === "end" || step.do === "cut" || step.do === "silence") return cutList(steps, at);
    if (step.do !== "write") continue;
    if ("afterEvents" in place && events === place.afterEvents) return cutList(steps, at);
    if ("beforeEvent" in place && step.event === place.beforeEvent) return cutList(steps, at);
    if ("atByte" in place && bytes + step.bytes.length > place.atByte) {
      const inside = place.atByte - bytes;
      const [left, right] = [step.bytes.subarray(0, inside), step.bytes.subarray(inside)];
      const head = inside === 0 ? [] : [write({ event: step.event, bytes: left })];
      return [
        [...steps.slice(0, at), ...head],
        [write({ event: "", bytes: right }), ...steps.slice(at + 1)],
      ];
    }
    events += 1;
    bytes += step.bytes.length;
  }
  return cutList(steps, steps.length);
}

function cutList(steps: readonly Step[], at: number): readonly [Step[], Step[]] {
  return [steps.slice(0, at), steps.slice(at)];
}

function inPieces(steps: readonly Step[], size: number): readonly Step[] {
  return steps.flatMap((step) => {
    if (step.do !== "write") return [step];
    const count = Math.ceil(step.bytes.length / Math.max(1, size));
    return Array.from({ length: count }, (_, at) => write({ event: step.event, bytes: step.bytes.subarray(at * size, (at + 1) * size) }));
  });
}
