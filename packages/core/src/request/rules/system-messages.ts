import type { Rule } from "./rule.ts";
import type { RequestView, TurnView } from "./request-view.ts";

const PAGE = "https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages#limitations";

export const SYSTEM_MESSAGE_RULES: readonly Rule[] = [
  {
    id: "system-message-unsupported",
    group: "structure",
    says: "A message has role system, and the model takes none.",
    status: 400,
    text: 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    confidence: "high",
    source: "https://github.com/Maol-1997/cursor-claude-connector/issues/3 ; https://github.com/ianarawjo/ChainForge/issues/271",
    check(request, report) {
      if (request.model?.systemMessages !== false) return;
      for (const { role, path } of request.messages) if (role === "system") report(path);
    },
  },
  {
    id: "system-message-misplaced",
    group: "structure",
    says: "A system message is first, or follows an assistant message that does not end in a server tool's result, or comes before a user message. It stands after a user message, and last or before an assistant message; several in a row count as one.",
    status: 400,
    text: "messages.{i}: a `system` message must follow a `user` message and be last or precede an `assistant` message",
    textPublished: false,
    confidence: "official",
    source: PAGE,
    check(request, report) {
      // Which models take system messages at all is a rule of the model, so it has to be a known one.
      if (request.model === undefined || request.model.systemMessages === false) return;
      request.turns.forEach((turn, index) => {
        if (turn.role !== "system") return;
        if (!placed(request, index)) report(turn.path, { i: turn.apiIndex });
      });
    },
  },
  {
    id: "system-message-content",
    group: "structure",
    says: "A system message holds a block that is neither text nor a change of tools.",
    status: 400,
    text: "{path}: `{type}` blocks are not accepted in `system` messages",
    textPublished: false,
    confidence: "official",
    source: "@anthropic-ai/sdk 1.12.0 SystemMessageParam, BetaSystemMessageParam",
    check(request, report) {
      for (const turn of request.turns) {
        if (turn.role !== "system") continue;
        for (const { block, path, apiPath } of turn.blocks) {
          if (!IN_SYSTEM.has(block.type)) report(path, { path: apiPath, type: block.type });
        }
      }
    },
  },
];

const IN_SYSTEM: ReadonlySet<string> = new Set(["text", "tool_addition", "tool_removal"]);

function placed(request: RequestView, index: number): boolean {
  const before = request.turns[index - 1];
  const after = request.turns[index + 1];
  if (after !== undefined && after.role !== "assistant") return false;
  return before !== undefined && (before.role === "user" || endsInServerResult(before));
}

function endsInServerResult(turn: TurnView): boolean {
  const last = turn.blocks.at(-1)?.block.type;
  return turn.role === "assistant" && last !== undefined && last.endsWith("_tool_result");
}
