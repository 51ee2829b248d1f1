import type { Block, Fault, Reply, ReceivedRequest, ScriptedMessage, StreamedBlock } from "@antiphon/testing/messages-server";
import type { AnswerSpec, ReplySpec, Stop } from "./answers.ts";
import { contentOf, type Part } from "./reply-parts.ts";
import type { SentBody } from "./trace.ts";

/** Rules that forbid what recorded replies hold, and what does not exist yet. */
export const RULES_OFF = ["text-blank", "block-type-unknown"];

const DONE: ReplySpec = { is: "reply", parts: ["text"], stop: "by-content" };

/** What is left of the answers comes first; then the model has nothing more to do. */
export function nextAnswer(answers: AnswerSpec[]): AnswerSpec {
  return answers.shift() ?? DONE;
}

/** The answer of a spec, as the practice server is told it. `id` makes its texts and ids its own. */
export function answerOf(spec: AnswerSpec, id: string, request: ReceivedRequest): Reply {
  // Somebody asks for a summary, and not for a reply.
  if ((request.body as { compaction?: unknown }).compaction !== undefined) return summary(id);
  if (spec.is === "error") return errorOf(spec.what);
  const content = [...serverResults(request.body as SentBody), ...replyContent(spec, id)];
  const faults = faultsOf(spec);
  if (spec.stop === "cut") return { content, faults, cutAtTokens: 9 };
  if (spec.stop === "window") return { content, faults, cutAtTokens: 9, cutReason: "model_context_window_exceeded" };
  const details = spec.stop === "refusal" ? { stop_details: { type: "refusal", category: "cyber", explanation: id } } : {};
  const sequence = spec.stop === "stop_sequence" ? { stop_sequence: "END" } : {};
  return { content, faults, stop_reason: stopReasonOf(spec.stop, content), ...details, ...sequence } satisfies ScriptedMessage;
}

function summary(id: string): ScriptedMessage {
  return { content: [{ type: "compaction", content: `Summed up in ${id}.` }], stop_reason: "compaction" };
}

function errorOf(what: 401 | 413 | 429 | 529 | "too-long"): Reply {
  if (what !== "too-long") return { error: { status: what } };
  return { error: { status: 400, message: "prompt is too long: 250000 tokens > 200000 maximum" } };
}

function faultsOf({ fault, hold }: ReplySpec): Fault[] {
  const held = hold === undefined ? [] : [{ kind: "hold" as const, gate: hold.gate, at: { atByte: hold.atByte } }];
  return [...held, ...(fault === undefined ? [] : [{ kind: fault.kind, at: { atByte: fault.atByte } }])];
}

function replyContent({ parts, stop }: ReplySpec, id: string): (Block | StreamedBlock)[] {
  if (stop === "compaction") return [{ type: "compaction", content: `Summed up in ${id}.` }];
  // The API pauses in a server tool and nowhere else.
  const all: readonly Part[] = stop === "pause_turn" ? [...parts, "searching"] : parts;
  return contentOf(all, id);
}

function stopReasonOf(stop: Exclude<Stop, "cut" | "window">, content: readonly (Block | StreamedBlock)[]): string | null {
  if (stop === "null") return null;
  if (stop !== "by-content") return stop;
  return content.some((each) => "type" in each && each.type === "tool_use") ? "tool_use" : "end_turn";
}

/** A reply to a request that ends in server tools which wait begins with their results: that is where the API goes on. */
function serverResults({ messages }: SentBody): Block[] {
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  if (messages.slice(last + 1).some(({ content }) => content.some(({ type }) => type !== "tool_result"))) return [];
  const said = messages[last]?.content ?? [];
  const waiting = said.filter(({ type, id }) => SERVER_CALLS.has(type) && !said.some(({ tool_use_id }) => tool_use_id === id));
  return waiting.map(({ type, id, name }) =>
    type === "mcp_tool_use"
      ? { type: "mcp_tool_result", tool_use_id: id, is_error: false, content: [] }
      : { type: `${String(name)}_tool_result`, tool_use_id: id, content: [] },
  );
}

const SERVER_CALLS: ReadonlySet<string> = new Set(["server_tool_use", "mcp_tool_use"]);
