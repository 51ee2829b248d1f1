import fc from "fast-check";
import type { Boundary, Entry, EntryBody } from "../src/conversation/entry.ts";
import type { ContentBlock } from "../src/messages/content-block.ts";
import {
  BINDING_MODEL,
  answer,
  boundary,
  call,
  extend,
  human,
  made,
  OLD_MODEL,
  pathOf,
  reply,
  result,
  says,
  serverCall,
  serverResult,
  settings,
  settingsOf,
  thought,
  toolStart,
  UNKNOWN_MODEL,
} from "./builders.ts";

/** Random paths: everything that an engine, a caller, a crash or an erasure can leave behind. */

/** One step of a path, before ids and references are chosen. `at` picks among what is there. */
interface Step {
  readonly what: (typeof STEPS)[number];
  readonly at: number;
  readonly blocks: readonly (typeof BLOCKS)[number][];
  readonly stop: (typeof STOPS)[number];
  readonly whole: boolean;
  readonly bound: "no" | "elsewhere";
}

const BLOCKS = [
  "text",
  "empty",
  "blank",
  "thinking",
  "redacted",
  "call",
  "old-call",
  "server-call",
  "server-pair",
  "server-result",
  "unknown",
] as const;
const STOPS = [
  "end_turn",
  "tool_use",
  "max_tokens",
  "pause_turn",
  "refusal",
  "model_context_window_exceeded",
  "stop_sequence",
  "reason_of_tomorrow",
] as const;
const MESSAGES = [
  "human",
  "human",
  "reply",
  "reply",
  "reply",
  "answer",
  "answer",
  "answers-and-text",
  "orphan",
  "assistant",
  "system",
  "tool-start",
] as const;
const BOUNDARIES = ["left-out", "superseded", "window", "compaction", "clear", "restored", "erase", "settings"] as const;
const STEPS = [...MESSAGES, ...BOUNDARIES, "marked"] as const;

export interface AnyPathOptions {
  readonly models?: readonly string[];
  readonly boundaries?: boolean;
  /** Whether people set cache marks of their own: four at most, and none of an hour behind one of five minutes. */
  readonly marks?: boolean;
}

export function anyPath({
  models = [BINDING_MODEL, OLD_MODEL, UNKNOWN_MODEL],
  boundaries = true,
  marks = false,
}: AnyPathOptions = {}): fc.Arbitrary<Entry[]> {
  return fc
    .tuple(fc.constantFrom(...models), fc.array(anyStep(whatOf(boundaries, marks)), { maxLength: 14 }))
    .map(([model, steps]) => build(model, steps));
}

function whatOf(boundaries: boolean, marks: boolean): readonly Step["what"][] {
  return [...MESSAGES, ...(boundaries ? BOUNDARIES : []), ...(marks ? (["marked", "marked"] as const) : [])];
}

/** What may be appended to any path without a boundary. */
export function anyMessages(): fc.Arbitrary<readonly Step[]> {
  return fc.array(anyStep(MESSAGES), { minLength: 1, maxLength: 4 });
}

function anyStep(whats: readonly (typeof STEPS)[number][]): fc.Arbitrary<Step> {
  return fc.record({
    what: fc.constantFrom(...whats),
    at: fc.nat({ max: 1000 }),
    blocks: fc.array(fc.constantFrom(...BLOCKS), { maxLength: 5 }),
    stop: fc.constantFrom(...STOPS),
    whole: fc.boolean(),
    bound: fc.constantFrom("no", "elsewhere"),
  });
}

function build(model: string, steps: readonly Step[]): Entry[] {
  return steps.reduce((path, step) => extendBy(path, step), pathOf(settings({ model, system: "Be brief." })));
}

export function extendBy(path: readonly Entry[], step: Step): Entry[] {
  const body = bodyOf(path, step);
  return body === undefined ? [...path] : extend(path, body);
}

function bodyOf(path: readonly Entry[], step: Step): EntryBody | undefined {
  const { what, at } = step;
  const n = path.length + 1;
  const callId = pick(callIds(path), at);
  switch (what) {
    case "human":
      return human(`question ${n}`);
    case "marked":
      return marked(path, at);
    case "reply":
      return anyReply(path, step);
    case "answer":
      return callId === undefined ? undefined : answer(callId, `answer ${n}`);
    case "answers-and-text":
      return human(
        `words ${n}`,
        ...(callId === undefined ? [] : [result(callId, `answer ${n}`)]),
        result(`nobody-${n}`),
        `more words ${n}`,
      );
    case "orphan":
      return answer(`nobody-${n}`, [says("for nobody")]);
    case "assistant":
      return made("assistant", `example ${n}`);
    case "system":
      return made("system", `instruction ${n}`);
    case "tool-start":
      return callId === undefined ? undefined : toolStart(callId);
    default:
      return anyBoundary(path, what, at);
  }
}

/** A question with a cache mark, where the API takes one more. */
function marked(path: readonly Entry[], at: number): EntryBody {
  const ttls = path.flatMap((entry) =>
    entry.kind === "message" ? entry.content.flatMap(({ cache_control: mark }) => (mark ? [(mark as { ttl: string }).ttl] : [])) : [],
  );
  const ttl = ttls.includes("5m") || at % 2 === 0 ? "5m" : "1h";
  const block = says(`question ${path.length + 1}`);
  return human(ttls.length < 4 ? { ...block, cache_control: { type: "ephemeral", ttl } } : block);
}

function anyReply(path: readonly Entry[], { blocks, stop, whole, at, bound }: Step): EntryBody {
  const n = path.length + 1;
  const content = blocks.flatMap((kind, index) => blocksOf(kind, `${n}-${index}`, pick(callIds(path), at), pick(serverIds(path), at)));
  return reply(content, { stopReason: whole ? stop : null, whole, ...(bound === "elsewhere" && { prefixHash: "ff" }) });
}

function blocksOf(
  kind: (typeof BLOCKS)[number],
  id: string,
  oldCall: string | undefined,
  oldServerCall: string | undefined,
): ContentBlock[] {
  switch (kind) {
    case "text":
      return [says(`text ${id}`)];
    case "empty":
      return [says("")];
    case "blank":
      return [says(" \n")];
    case "thinking":
      return [thought(id)];
    case "redacted":
      return [{ type: "redacted_thinking", data: id }];
    case "call":
      return [call(`call-${id}`)];
    case "old-call":
      return [call(oldCall ?? `call-${id}`)];
    case "server-call":
      return [serverCall(`server-${id}`)];
    case "server-pair":
      return [serverCall(`server-${id}`), serverResult(`server-${id}`)];
    case "server-result":
      return oldServerCall === undefined ? [] : [serverResult(oldServerCall)];
    case "unknown":
      return [{ type: "hologram", light: id, deep: { list: [1, null] } }];
  }
}

function anyBoundary(path: readonly Entry[], what: Step["what"], at: number): EntryBody | undefined {
  const change = anyChange(path, what, at);
  return change && boundary(change);
}

function anyChange(path: readonly Entry[], what: Step["what"], at: number): Boundary | undefined {
  const message = pick(
    path.filter((entry) => entry.kind === "message"),
    at,
  );
  if (what === "settings")
    return { type: "settings", settings: settingsOf({ model: pick([BINDING_MODEL, UNKNOWN_MODEL], at)!, system: `Be ${at % 3}.` }) };
  if (message === undefined) return undefined;
  if (what === "left-out") return { type: "left-out", entryIds: [message.id], reason: "test" };
  if (what === "superseded")
    return { type: "superseded", entryId: message.id, content: message.content.filter((_, index) => (at >> index) % 2 === 0) };
  if (what === "window") return { type: "window", fromEntryId: message.id };
  if (what === "compaction")
    return {
      type: "compaction",
      throughEntryId: message.id,
      content: [at % 2 === 0 ? says("So far: much.") : { type: "compaction", content: "So far: much." }],
    };
  if (what === "clear")
    return { type: "clear", toolUseIds: answeredIds(path).slice(0, 2), ...(at % 2 === 0 && { throughEntryId: message.id }) };
  if (what === "restored") return restored(path, at);
  if (what === "erase") return { type: "erase", entryIds: [message.id] };
  return undefined;
}

function restored(path: readonly Entry[], at: number): Boundary | undefined {
  const boundaries = path.filter((entry) => entry.kind === "boundary" && !["settings", "erase"].includes(entry.boundary.type));
  const boundaryId = pick(boundaries, at)?.id;
  return boundaryId === undefined ? undefined : { type: "restored", boundaryId };
}

function callIds(path: readonly Entry[]): string[] {
  return idsOf(path, "tool_use");
}

/** What was not answered cannot be cleared. */
function answeredIds(path: readonly Entry[]): string[] {
  return path
    .flatMap((entry) => (entry.kind === "message" ? entry.content : []))
    .flatMap((block) => (block.type === "tool_result" ? [String(block.tool_use_id)] : []));
}

function serverIds(path: readonly Entry[]): string[] {
  return idsOf(path, "server_tool_use");
}

function idsOf(path: readonly Entry[], type: string): string[] {
  return path
    .flatMap((entry) => (entry.kind === "message" ? entry.content : []))
    .flatMap((block) => (block.type === type ? [String(block.id)] : []));
}

function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[at % Math.max(1, list.length)];
}
