import { invalidRequest, type ApiError } from "../api-error.ts";
import type { Models, ServedModel } from "../models.ts";
import { promptOf, readPrompt, type Prompt } from "../prompt.ts";
import { listHeader, type ReceivedRequest } from "../received.ts";
import type { Signer } from "../signatures.ts";
import { isRecord, type MessagesBody } from "../wire.ts";
import { fieldWithoutBeta } from "./beta-fields.ts";
import { THINKING_BINDING_CONTROLS } from "./betas.ts";
import { bodyViolation } from "./body-rules.ts";
import { checkCompaction } from "./compaction-rules.ts";
import { broken } from "./server-rules.ts";
import { checkThinking, type MismatchBehavior, type ThinkingDropped } from "./thinking-binding.ts";

/** A request that breaks no rule, with what was read from it. */
export interface CheckedRequest {
  readonly received: ReceivedRequest;
  readonly body: MessagesBody;
  readonly model: ServedModel;
  /** What the model would see: dropped thinking is not in it. */
  readonly prompt: Prompt;
  /** What was dropped; absent unless the client's beta header asks to be told. */
  readonly inputTransformations?: readonly ThinkingDropped[];
}

export interface CheckOptions {
  readonly endpoint: "messages" | "count_tokens";
  readonly models: Models;
  readonly signer: Signer;
  /** Ids of body rules that are not applied. */
  readonly rulesOff: readonly string[];
}

export type Checked = { readonly error: ApiError } | { readonly request: CheckedRequest };

/** Every rule that a request of `/v1/messages` or `count_tokens` can break, in the order in which they are told. */
export function checkRequest(received: ReceivedRequest, options: CheckOptions): Checked {
  if (received.body === undefined) return { error: broken("body-not-json") };
  const except = [...options.rulesOff, ...(isBefore(received, "2026-10-21") ? SINCE_2026_10_21 : [])];
  const violation = bodyViolation(received.body, { endpoint: options.endpoint, except });
  if (violation !== undefined) return { error: violation };
  const body = received.body as MessagesBody;
  // Platforms that name the model in the address leave it out; this server has no such address.
  if (typeof body.model !== "string") return { error: invalidRequest("model: Field required") };
  const model = options.models.find(body.model);
  if (model === undefined) return { error: broken("model-unknown", { model: body.model }) };
  const withoutBeta = fieldWithoutBeta(received, body);
  if (withoutBeta !== undefined) return { error: broken("field-without-beta", { field: withoutBeta }) };
  const compaction = checkCompaction(received, body, options.signer);
  if (compaction !== undefined) return { error: compaction };
  if (isRecord(body.thread) && body.thread.type === "continue") return { error: broken("thread-not-found") };
  const hasControls = listHeader(received, "anthropic-beta").includes(THINKING_BINDING_CONTROLS);
  const binding = isRecord(body.thinking) ? body.thinking.block_binding : undefined;
  if (binding != null && !hasControls) return { error: broken("block-binding-without-beta") };
  const onMismatch: MismatchBehavior = isRecord(binding) && binding.prefix_mismatch_behavior === "drop_block" ? "drop_block" : "error";
  const { segments } = readPrompt(body);
  const thinking = checkThinking({ segments, model: model.family, binds: model.bindsThinking, onMismatch, signer: options.signer });
  if ("error" in thinking) return thinking;
  const prompt = promptOf(thinking.segments);
  const max = model.contextWindowTokens;
  if (prompt.tokens > max) return { error: broken("prompt-too-long", { tokens: prompt.tokens, max }) };
  return { request: { received, body, model, prompt, ...(hasControls && { inputTransformations: thinking.dropped }) } };
}

/** What the API version of 2026-10-21 took away: clients that name an older one may still send it. */
export const SINCE_2026_10_21: readonly string[] = [
  "sampling-parameter-removed",
  "document-in-assistant-message",
  "citations-in-user-text",
];

function isBefore(received: ReceivedRequest, version: string): boolean {
  return received.headers["anthropic-version"]! < version;
}
