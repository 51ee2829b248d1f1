import type { Rule } from "./rule.ts";
import { fieldsOf, isFields, textOf, type RequestView, type TurnView } from "./request-view.ts";

export const PREFILL_RULES: readonly Rule[] = [
  {
    id: "prefill-unsupported",
    group: "prefill",
    says: "The last message is an assistant message, and the model takes no prefill. One with server tool, compaction or fallback blocks is left alone: the API goes on with such a reply where it paused.",
    status: 400,
    text: "This model does not support assistant message prefill. The conversation must end with a user message.",
    confidence: "official",
    source: "https://platform.claude.com/docs/en/api/errors#prefill-not-supported",
    check(request, report) {
      if (request.model?.prefill !== false) return;
      const turn = prefillOf(request);
      if (turn !== undefined) report(lastMessagePath(request));
    },
  },
  {
    id: "prefill-trailing-whitespace",
    group: "prefill",
    says: "The last message is an assistant message whose text ends in white space, on a model that takes prefill.",
    status: 400,
    text: "messages: final assistant content cannot end with trailing whitespace",
    confidence: "high",
    source: "https://github.com/tailcallhq/forgecode/issues/1872 ; https://github.com/AnswerDotAI/fasthtml-example/pull/11",
    check(request, report) {
      if (request.model?.prefill !== true) return;
      const last = prefillOf(request)?.blocks.at(-1);
      if (last === undefined) return;
      const text = textOf(last);
      if (text !== undefined && text !== text.trimEnd()) report(last.path);
    },
  },
  {
    id: "prefill-before-thinking",
    group: "prefill",
    says: "thinking.type is enabled, and the last message is an assistant message that does not start with a thinking block, on a model that takes prefill.",
    status: 400,
    text: "messages.{i}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{type}`. When `thinking` is enabled, a final `assistant` message must start with a thinking block. We recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking",
    confidence: "high",
    source: "https://github.com/Aider-AI/aider/issues/3820",
    check(request, report) {
      if (request.model?.prefill !== true || fieldsOf(request.body["thinking"])["type"] !== "enabled") return;
      const turn = prefillOf(request);
      const first = turn?.blocks[0];
      if (turn === undefined || first === undefined || /^(?:redacted_)?thinking$/.test(first.block.type)) return;
      report(first.path, { i: turn.apiIndex, type: first.block.type });
    },
  },
  {
    id: "prefill-with-format",
    group: "prefill",
    says: "The last message is an assistant message, and output_config.format asks for a form, on a model that takes prefill.",
    status: 400,
    text: "output_config.format: structured outputs are not compatible with assistant message prefill",
    textPublished: false,
    confidence: "official",
    source: "https://platform.claude.com/docs/en/build-with-claude/structured-outputs#feature-compatibility",
    check(request, report) {
      const { format } = fieldsOf(request.body["output_config"]);
      if (request.model?.prefill !== true || format === undefined || format === null) return;
      if (prefillOf(request) !== undefined) report("output_config.format");
    },
  },
];

/** The assistant turn that the model is asked to go on with; undefined where the API itself goes on with it. */
function prefillOf(request: RequestView): TurnView | undefined {
  const turn = request.turns.at(-1);
  if (turn === undefined || turn.role !== "assistant") return undefined;
  if (request.body["fallback_credit_token"] !== undefined) return undefined;
  // Nothing is said behind the last message then: it is summarised.
  if (isFields(request.body["compaction"])) return undefined;
  return turn.blocks.some(({ block }) => RESUMED.test(block.type)) ? undefined : turn;
}

function lastMessagePath(request: RequestView): string {
  return request.messages.at(-1)?.path ?? "messages";
}

// A turn with one of these was made by a server-side loop, which goes on when it is sent back.
const RESUMED = /^(?:server_tool_use|mcp_tool_use|compaction|fallback|.+_tool_result)$/;
