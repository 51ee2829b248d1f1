import { errorAnswer, jsonAnswer, type Answer } from "../answer.ts";
import type { ReceivedRequest } from "../received.ts";
import { checkRequest } from "../rules/check-request.ts";
import type { ServerState } from "../state.ts";

/** `/v1/messages/count_tokens`: the same count that a reply's usage adds up to. */
export function answerCountTokens(received: ReceivedRequest, state: ServerState): Answer {
  const checked = checkRequest(received, { ...state, endpoint: "count_tokens" });
  if ("error" in checked) return errorAnswer(checked.error, received.requestId);
  return jsonAnswer({ input_tokens: checked.request.prompt.tokens });
}
