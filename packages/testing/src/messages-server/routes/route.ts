import { errorAnswer, type Answer } from "../answer.ts";
import { apiError } from "../api-error.ts";
import type { ReceivedRequest } from "../received.ts";
import type { ServerState } from "../state.ts";
import { answerCountTokens } from "./count-tokens.ts";
import { answerMessages } from "./messages.ts";
import { answerModel, answerModels } from "./models.ts";

/** Finds what answers a request. */
export async function answerRoute(request: ReceivedRequest, state: ServerState): Promise<Answer> {
  const url = new URL(request.path, "http://localhost");
  const modelId = /^\/v1\/models\/([^/]+)$/.exec(url.pathname)?.[1];
  const route = `${request.method} ${modelId === undefined ? url.pathname : "/v1/models/{id}"}`;
  switch (route) {
    case "POST /v1/messages":
      return answerMessages(request, state);
    case "POST /v1/messages/count_tokens":
      return answerCountTokens(request, state);
    case "GET /v1/models":
      return answerModels(url.searchParams, state.models, request.requestId);
    case "GET /v1/models/{id}":
      return answerModel(decodeURIComponent(modelId!), state.models, request.requestId);
    default:
      return errorAnswer(apiError(404, "Not Found"), request.requestId);
  }
}
