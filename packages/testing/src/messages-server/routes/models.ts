import { errorAnswer, jsonAnswer, type Answer } from "../answer.ts";
import { apiError } from "../api-error.ts";
import type { Models, ServedModel } from "../models.ts";

/** `/v1/models`: a page of the models, newest first, by `limit`, `after_id` and `before_id`. */
export function answerModels(query: URLSearchParams, models: Models, requestId: string): Answer {
  const all = models.list().map(modelInfo);
  const limit = Number(query.get("limit") ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    return errorAnswer(apiError(400, "limit: Input should be between 1 and 1000"), requestId);
  }
  const indexOf = (id: string | null): number => all.findIndex((info) => info.id === id);
  const before = indexOf(query.get("before_id"));
  const end = before === -1 ? all.length : before;
  const start = before === -1 ? indexOf(query.get("after_id")) + 1 : Math.max(0, end - limit);
  const data = all.slice(start, Math.min(end, start + limit));
  const has_more = before === -1 ? start + limit < end : start > 0;
  return jsonAnswer({ data, has_more, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
}

/** `/v1/models/{id}`, aliases included. */
export function answerModel(id: string, models: Models, requestId: string): Answer {
  const model = models.find(id);
  return model === undefined ? errorAnswer(apiError(404, `model: ${id}`), requestId) : jsonAnswer(modelInfo(model));
}

interface ModelInfo {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A fact that nobody published is null, as the API says it; release dates are not known here. */
function modelInfo({ id, facts }: ServedModel): ModelInfo {
  const support = (supported: boolean): object => ({ supported });
  const types = facts?.thinkingTypes;
  const efforts = facts?.effortLevels;
  return {
    type: "model",
    id,
    display_name: displayName(id),
    created_at: "1970-01-01T00:00:00Z",
    lifecycle: "active",
    deprecated_at: null,
    retires_at: null,
    line: /-(haiku|sonnet|opus|fable|mythos)\b/.exec(id)?.[1] ?? null,
    max_input_tokens: facts?.contextWindowTokens ?? null,
    max_tokens: facts?.outputTokensMax ?? null,
    capabilities: {
      batch: support(false),
      citations: support(false),
      code_execution: support(false),
      context_management: { supported: false, clear_thinking_20251015: null, clear_tool_uses_20250919: null, compact_20260112: null },
      effort:
        efforts === undefined
          ? null
          : {
              ...support(efforts.length > 0),
              ...Object.fromEntries(
                (["low", "medium", "high", "xhigh", "max"] as const).map((level) => [level, support(efforts.includes(level))]),
              ),
            },
      image_input: support(true),
      pdf_input: support(true),
      server_tools: { web_search: support(false), code_execution: support(false) },
      structured_outputs: facts?.structuredOutputs === undefined ? null : support(facts.structuredOutputs),
      thinking:
        types === undefined
          ? null
          : {
              ...support(types.length > 0),
              types: Object.fromEntries(
                (["adaptive", "between_tools", "disabled", "enabled"] as const).map((type) => [type, support(types.includes(type))]),
              ),
            },
    },
  };
}

/** `claude-sonnet-4-5` is "Claude Sonnet 4.5". */
function displayName(id: string): string {
  const [first = "", line = "", ...version] = id.replace(/-\d{8}$/, "").split("-");
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return [capital(first), capital(line), version.join(".")].filter((word) => word !== "").join(" ");
}
