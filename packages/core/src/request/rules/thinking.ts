import type { Rule } from "./rule.ts";
import { fieldsOf, type RequestView } from "./request-view.ts";

const ERRORS = "https://platform.claude.com/docs/en/api/errors";

export const THINKING_RULES: readonly Rule[] = [
  {
    id: "thinking-signature-missing",
    group: "thinking",
    says: "A thinking block has no signature.",
    status: 400,
    text: "{path}.thinking.signature: Field required",
    confidence: "high",
    source: "public code",
    check(request, report) {
      for (const { block, path, apiPath } of request.blocks) {
        if (block.type === "thinking" && typeof block["signature"] !== "string") report(path, { path: apiPath });
      }
    },
  },
  {
    id: "thinking-first-in-tool-loop",
    group: "thinking",
    says: "thinking.type is enabled, the request ends in tool_results, and the assistant message that they answer does not start with a thinking block.",
    status: 400,
    text: "messages.{i}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{type}`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
    confidence: "high",
    source:
      "https://github.com/Kilo-Org/kilocode/issues/5219 ; https://github.com/deepset-ai/haystack-core-integrations/issues/2146 ; adaptive thinking does not ask for it",
    check(request, report) {
      if (thinkingType(request) !== "enabled") return;
      const results = request.turns.at(-1);
      const asking = request.turns.at(-2);
      if (results?.blocks[0]?.block.type !== "tool_result" || asking?.role !== "assistant") return;
      const first = asking.blocks[0];
      if (first === undefined || /^(?:redacted_)?thinking$/.test(first.block.type)) return;
      report(first.path, { i: asking.apiIndex, type: first.block.type });
    },
  },
  {
    id: "thinking-enabled-unsupported",
    group: "thinking",
    says: "thinking.type is enabled on a model that takes adaptive thinking only.",
    status: 400,
    text: '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    confidence: "official",
    source: ERRORS,
    check: (request, report) => reportType(request, "enabled", report),
  },
  {
    id: "thinking-adaptive-unsupported",
    group: "thinking",
    says: "thinking.type is adaptive on a model that does not know it.",
    status: 400,
    text: "adaptive thinking is not supported on this model",
    confidence: "official",
    source: ERRORS,
    check: (request, report) => reportType(request, "adaptive", report),
  },
  {
    id: "thinking-disabled-unsupported",
    group: "thinking",
    says: "thinking.type is disabled on a model whose thinking cannot be turned off.",
    status: 400,
    text: '"thinking.type.disabled" is not supported for this model. Thinking defaults to adaptive mode when not specified; use "thinking.type.enabled" with "budget_tokens" for extended thinking.',
    confidence: "official",
    source: ERRORS,
    check: (request, report) => reportType(request, "disabled", report),
  },
  {
    id: "thinking-disabled-with-effort",
    group: "thinking",
    says: "thinking.type is disabled at an effort level at which the model must think.",
    status: 400,
    text: "\"thinking.type.disabled\" is not supported at effort level '{effort}' for this model. Use one of: {levels}.",
    textPublished: false,
    confidence: "official",
    source: "https://platform.claude.com/docs/en/build-with-claude/thinking-troubleshooting",
    check(request, report) {
      const levels = request.model?.thinkingDisabledEfforts;
      const { effort } = fieldsOf(request.body["output_config"]);
      if (levels === undefined || thinkingType(request) !== "disabled") return;
      if (typeof effort !== "string" || levels.some((level) => level === effort)) return;
      report("thinking", { effort, levels: levels.join(", ") });
    },
  },
  {
    id: "thinking-budget-too-small",
    group: "thinking",
    says: "thinking.budget_tokens is below 1,024.",
    status: 400,
    text: "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    confidence: "official",
    source: "platform.claude.com/docs: extended thinking, budget rules ; text: public code",
    check(request, report) {
      const budget = budgetOf(request);
      if (budget !== undefined && budget < 1024) report("thinking.budget_tokens");
    },
  },
  {
    id: "thinking-budget-over-max-tokens",
    group: "thinking",
    says: "thinking.budget_tokens is not below max_tokens. Thinking between tool calls may make that legal.",
    status: 400,
    text: "`max_tokens` must be greater than `thinking.budget_tokens`.",
    confidence: "high",
    source: "public code; a sentence that points to the documentation follows the text",
    check(request, report) {
      const budget = budgetOf(request);
      const { max_tokens } = request.body;
      if (budget !== undefined && typeof max_tokens === "number" && budget >= max_tokens) report("thinking.budget_tokens");
    },
  },
  {
    id: "thinking-disabled-field",
    group: "thinking",
    says: "thinking has a display while its type is disabled.",
    status: 400,
    text: "thinking.disabled.{field}: Extra inputs are not permitted",
    confidence: "official",
    source: "https://platform.claude.com/docs (the example of an unknown field)",
    check(request, report) {
      const thinking = fieldsOf(request.body["thinking"]);
      if (thinking["type"] === "disabled" && thinking["display"] !== undefined) report("thinking.display", { field: "display" });
    },
  },
];

function thinkingType(request: RequestView): unknown {
  return fieldsOf(request.body["thinking"])["type"];
}

function reportType(request: RequestView, type: "enabled" | "adaptive" | "disabled", report: (path: string) => void): void {
  const accepted = request.model?.thinkingTypes;
  if (accepted !== undefined && thinkingType(request) === type && !accepted.includes(type)) report("thinking.type");
}

function budgetOf(request: RequestView): number | undefined {
  const thinking = fieldsOf(request.body["thinking"]);
  const budget = thinking["budget_tokens"];
  return thinking["type"] === "enabled" && typeof budget === "number" ? budget : undefined;
}
