import type { Block, MessagesServer, ScriptedError, ScriptedMessage } from "@antiphon/testing/messages-server";
import { type AnswerSpec, contentOf, faultsOf, type Part, type Stop } from "./program.ts";
import type { SentBody } from "./trace.ts";

export type Answer = ScriptedError | (ScriptedMessage & { readonly content: readonly Block[] });

/** Replies that are queued ahead, so that the script never runs out while a turn asks. */
const AHEAD = 40;
const DONE: Answer = { content: [{ type: "text", text: "Done." }] };

/** What a shared server answers with: the answers of the step that runs now, then "Done.". */
const answering = new WeakMap<MessagesServer, Answer[]>();

/** Sets what the next requests are answered with. What was left of the answers before is forgotten. */
export function answerWith(server: MessagesServer, answers: readonly Answer[]): void {
  answering.set(server, [...answers]);
  while (server.scripted < AHEAD) server.script(({ body }) => withServerResults(answering.get(server)!.shift() ?? DONE, body as SentBody));
}

/** The answer of a spec. `id` makes its texts and ids its own. */
export function answerOf(spec: AnswerSpec, id: string): Answer {
  if (spec.is === "error") return { error: { status: spec.status } };
  const content = replyContent(spec, id);
  const faults = faultsOf(spec.fault);
  if (spec.stop === "cut") return { content, faults, cutAtTokens: 9 };
  if (spec.stop === "window") return { content, faults, cutAtTokens: 9, cutReason: "model_context_window_exceeded" };
  return { content, faults, stop_reason: stopReasonOf(spec.stop, content) };
}

export function replyContent({ parts, stop }: AnswerSpec & { is: "reply" }, id: string): Block[] {
  if (stop === "compaction") return [{ type: "compaction", content: `Summed up in ${id}.` }];
  // The API pauses in a server tool and nowhere else.
  const all: readonly Part[] = stop === "pause_turn" ? [...parts, "searching"] : parts;
  return contentOf(all, id);
}

export function stopReasonOf(stop: Stop, content: readonly Block[]): string | null {
  if (stop === "null") return null;
  if (stop === "cut") return "max_tokens";
  if (stop === "window") return "model_context_window_exceeded";
  if (stop !== "by-content") return stop;
  return content.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";
}

/** A reply to a request that ends in server tools which wait begins with their results: that is where the API goes on. */
function withServerResults(answer: Answer, { messages }: SentBody): Answer {
  if ("error" in answer) return answer;
  const last = messages.findLastIndex(({ role }) => role === "assistant");
  if (messages.slice(last + 1).some(({ content }) => content.some(({ type }) => type !== "tool_result"))) return answer;
  const said = messages[last]?.content ?? [];
  const waiting = said.filter(({ type, id }) => type === "server_tool_use" && !said.some(({ tool_use_id }) => tool_use_id === id));
  const results = waiting.map(({ id, name }) => ({ type: `${String(name)}_tool_result`, tool_use_id: id, content: [] }));
  return { ...answer, content: results.concat(answer.content as typeof results) };
}
