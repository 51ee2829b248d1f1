import { errorAnswer, jsonAnswer, streamAnswer, type Answer } from "../answer.ts";
import { apiError } from "../api-error.ts";
import { completeReply } from "../complete.ts";
import { answerAsPartner } from "../partner/partner.ts";
import { rememberThinking } from "../played.ts";
import type { ReceivedRequest } from "../received.ts";
import { checkRequest, type CheckedRequest } from "../rules/check-request.ts";
import type { RawReply, ScriptedError, ScriptedMessage } from "../script.ts";
import type { ServerState } from "../state.ts";
import { eventFrame, rawFrame, recordedFrames } from "../sse.ts";
import { streamEvents } from "../stream-events.ts";

/** `/v1/messages`: a rule broken is told, else the script's next reply is played, else the partner answers. */
export async function answerMessages(received: ReceivedRequest, state: ServerState): Promise<Answer> {
  const checked = checkRequest(received, { ...state, endpoint: "messages" });
  if ("error" in checked) return errorAnswer(checked.error, received.requestId);
  const reply = await state.script.next(received);
  if (reply !== undefined && "error" in reply) return scriptedError(reply, received.requestId);
  if (reply !== undefined && "raw" in reply) return rawAnswer(reply, checked.request, state);
  return messageAnswer(reply, checked.request, state);
}

function scriptedError({ error, ...delivery }: ScriptedError, requestId: string): Answer {
  const standard = apiError(error.status, error.message ?? (error.status === 529 ? "Overloaded" : "Scripted error"));
  return errorAnswer(
    { ...standard, ...(error.type && { type: error.type }), ...(error.details && { details: error.details }) },
    requestId,
    delivery,
  );
}

function rawAnswer(reply: RawReply, request: CheckedRequest, state: ServerState): Answer {
  const contentType = reply.contentType ?? "text/event-stream; charset=utf-8";
  const frames = contentType.startsWith("text/event-stream") ? recordedFrames(reply.raw) : [rawFrame(reply.raw)];
  rememberThinking(frames, request, state.signer);
  return { status: reply.status ?? 200, contentType, frames, delivery: reply };
}

function messageAnswer(scripted: ScriptedMessage | undefined, request: CheckedRequest, state: ServerState): Answer {
  const used = state.cache.use({
    model: request.model.family,
    body: request.body,
    prompt: request.prompt,
    minimumTokens: request.model.cacheTokensMin,
  });
  const reply = scripted ?? answerAsPartner(request, used);
  const plan = completeReply({ ...state, reply, request, bill: used });
  state.rateLimits.use({ "input-tokens": plan.message.usage.input_tokens, "output-tokens": plan.message.usage.output_tokens });
  if (request.body.stream === true) return streamAnswer(streamEvents(plan).map(eventFrame), scripted);
  return jsonAnswer(plan.message, 200, scripted);
}
