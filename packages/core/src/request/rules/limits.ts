import type { Rule } from "./rule.ts";
import { fieldsOf, listOf } from "./request-view.ts";
import { forcesTool } from "./tool-definitions.ts";

const PREWARM = "https://platform.claude.com/docs/en/build-with-claude/prompt-caching (pre-warming limitations)";

export const LIMIT_RULES: readonly Rule[] = [
  {
    id: "max-tokens-over-cap",
    group: "limits",
    says: "max_tokens is over the model's maximum. The API names the dated snapshot; this names the model as the body does.",
    status: 400,
    text: "max_tokens: {n} > {cap}, which is the maximum allowed number of output tokens for {model}",
    confidence: "high",
    source: "public code",
    check(request, report) {
      const cap = request.model?.outputTokensMax;
      const { max_tokens, model } = request.body;
      if (cap === undefined || typeof max_tokens !== "number" || max_tokens <= cap) return;
      report("max_tokens", {
        n: max_tokens,
        cap,
        model: typeof model === "string" ? model : (request.model?.id ?? ""),
      });
    },
  },
  {
    id: "max-tokens-zero",
    group: "cache",
    says: "max_tokens is 0, which warms the cache, together with stream, thinking.type enabled, output_config.format or a forced tool.",
    status: 400,
    text: "max_tokens: 0 is not supported with {with}",
    textPublished: false,
    confidence: "official",
    source: PREWARM,
    check(request, report) {
      const { body } = request;
      if (body["max_tokens"] !== 0) return;
      const conflicts = {
        stream: body["stream"] === true,
        "thinking.type.enabled": fieldsOf(body["thinking"])["type"] === "enabled",
        "output_config.format": isSet(fieldsOf(body["output_config"])["format"]),
        "a forced tool_choice": forcesTool(body),
      };
      for (const [name, found] of Object.entries(conflicts)) if (found) report("max_tokens", { with: name });
    },
  },
  {
    id: "body-too-large",
    group: "limits",
    says: "The body is over 32 MB. Counted are the characters of its strings, which are never more than its bytes.",
    status: 413,
    text: "Request exceeds the maximum size",
    confidence: "high",
    source: "https://github.com/anthropics/claude-code/issues/10314 ; https://github.com/anthropics/anthropic-sdk-python/issues/938",
    check(request, report) {
      const { start, body } = request;
      const letters =
        start === undefined
          ? lettersIn(body)
          : start.letters + lettersIn({ ...body, messages: listOf(body["messages"]).slice(start.message) });
      if (letters > 32 * 1024 * 1024) report("");
    },
  },
];

/** Whether an optional field has a value. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The length of all strings inside a value, each object counted once. */
export function lettersIn(root: unknown): number {
  let letters = 0;
  const seen = new Set<unknown>();
  const queue: unknown[] = [root];
  while (queue.length > 0) {
    const value = queue.pop();
    if (typeof value === "string") letters += value.length;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const inner of Object.values(value)) queue.push(inner);
  }
  return letters;
}
