import type { CacheBill } from "../cache.ts";
import type { CheckedRequest } from "../rules/check-request.ts";
import type { ScriptedMessage } from "../script.ts";
import { isRecord, type Block } from "../wire.ts";
import { hear, type Hearing } from "./hearing.ts";
import { INTENTS } from "./intents.ts";
import { sampleJson } from "./sample-json.ts";
import { wantedCalls } from "./tool-calls.ts";

/**
 * Answers when nothing is scripted: a small partner that knows only what the request says, and so shows what a stateless API is.
 * The same request gets the same answer.
 */
export function answerAsPartner(request: CheckedRequest, bill: CacheBill): ScriptedMessage {
  if (isRecord(request.body.compaction)) return compactionOf(request);
  const hearing = hear(request, bill);
  const { calls, unknown } = wantedCalls(hearing);
  const words = unknown.length > 0 ? noSuchTool(hearing, unknown) : calls.length > 0 ? "" : wordsOf(hearing);
  const content = [...thinkingOf(request), ...(words === "" ? [] : [{ type: "text", text: words }]), ...calls];
  const room = request.model.contextWindowTokens - request.prompt.tokens;
  const stop = stopAt(words, request.body.stop_sequences);
  if (stop !== undefined) {
    const said = content.map((block) => (block.type === "text" ? { ...block, text: words.slice(0, stop.at) } : block));
    return {
      content: said.filter((block) => block.type !== "text" || block.text !== ""),
      stop_reason: "stop_sequence",
      stop_sequence: stop.sequence,
    };
  }
  return {
    content,
    cutAtTokens: Math.min(request.body.max_tokens, room),
    ...(room < request.body.max_tokens && { cutReason: "model_context_window_exceeded" }),
  };
}

/** The summary that a request for compaction gets: the block alone, and usage beside the top level only. */
function compactionOf({ body, prompt }: CheckedRequest): ScriptedMessage {
  const content = `So far: ${body.messages.length} messages, of which this summary tells.`;
  const none = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const iteration = { ...none, type: "compaction", input_tokens: prompt.tokens, output_tokens: Math.ceil(content.length / 4) };
  return { content: [{ type: "compaction", content }], stop_reason: "compaction", usage: { ...none, iterations: [iteration] } };
}

function wordsOf(hearing: Hearing): string {
  if (isRecord(hearing.format)) return JSON.stringify(sampleJson(hearing.format.schema));
  for (const intent of INTENTS) {
    const match = intent.when(hearing);
    if (match) return intent.say(hearing, match === true ? [] : [...match]);
  }
  return "";
}

function noSuchTool({ tools }: Hearing, unknown: readonly string[]): string {
  const offered = tools.length === 0 ? "No tool was offered with this request." : `Offered were: ${tools.join(", ")}.`;
  return `I was not offered ${unknown.map((name) => `\`${name}\``).join(", ")}. ${offered}`;
}

/** Thinking as the model's default or the request has it; the text is there only where it is shown. */
function thinkingOf({ body, model }: CheckedRequest): readonly Block[] {
  const asked = isRecord(body.thinking) ? body.thinking : undefined;
  const type = asked?.type ?? (model.thinksByDefault ? "adaptive" : "disabled");
  if (type === "disabled" || type === "between_tools") return [];
  const display = asked?.display ?? model.displayDefault;
  return [{ type: "thinking", thinking: display === "omitted" ? "" : "I read what was sent and look for an intent that fits." }];
}

function stopAt(words: string, sequences: unknown): { readonly at: number; readonly sequence: string } | undefined {
  if (!Array.isArray(sequences)) return undefined;
  const found = sequences
    .map((sequence) => ({ at: words.indexOf(String(sequence)), sequence: String(sequence) }))
    .filter(({ at }) => at !== -1);
  return found.toSorted((left, right) => left.at - right.at)[0];
}
