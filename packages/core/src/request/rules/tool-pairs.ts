import type { Rule } from "./rule.ts";
import type { BlockView, TurnView } from "./request-view.ts";

const RECORDED_PAIRS =
  "recorded: https://github.com/anomalyco/opencode packages/llm/test/fixtures/recordings/anthropic-messages/rejects-malformed-assistant-tool-order-without-patch.json ; https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls ; https://github.com/anthropics/claude-code/issues/1686";

export const TOOL_PAIR_RULES: readonly Rule[] = [
  {
    id: "tool-use-without-result",
    group: "tools",
    says: "A tool_use is not answered at the start of the next user message, or its own message ends in text.",
    status: 400,
    text: "messages.{i}: `tool_use` ids were found without `tool_result` blocks immediately after: {ids}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
    confidence: "recorded",
    source: RECORDED_PAIRS,
    check(request, report) {
      request.turns.forEach((turn, index) => {
        if (turn.role !== "assistant") return;
        const missing = unanswered(turn, request.turns[index + 1]);
        const first = missing[0];
        if (first === undefined) return;
        report(first.path, {
          i: turn.apiIndex,
          ids: missing.map(({ block }) => shown(block["id"])).join(", "),
        });
      });
    },
  },
  {
    id: "tool-result-without-use",
    group: "tools",
    says: "A tool_result answers no tool_use of the assistant message before it.",
    status: 400,
    text: "messages.{i}.content.{j}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
    confidence: "recorded",
    source:
      "recorded: https://github.com/anthropics/anthropic-sdk-python tests/lib/tools/__inline_snapshot__/test_runners/TestSyncRunTools/f59a9391-643b-422c-96dc-1f28bc7ea4d7.json",
    check(request, report) {
      request.turns.forEach((turn, index) => {
        if (turn.role !== "user") return;
        const asked = idsOf(request.turns[index - 1], "tool_use", "id");
        turn.blocks.forEach((view, j) => {
          if (view.block.type !== "tool_result" || asked.has(view.block["tool_use_id"])) return;
          report(view.path, { i: turn.apiIndex, j, id: shown(view.block["tool_use_id"]) });
        });
      });
    },
  },
  {
    id: "tool-result-repeated",
    group: "tools",
    says: "Two tool_results answer one tool_use.",
    status: 400,
    text: "messages.{i}.content.{j}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: {id}",
    confidence: "high",
    source: "public code",
    check(request, report) {
      for (const turn of request.turns) {
        const seen = new Set<unknown>();
        turn.blocks.forEach((view, j) => {
          if (turn.role !== "user" || view.block.type !== "tool_result") return;
          const id = view.block["tool_use_id"];
          if (seen.has(id)) report(view.path, { i: turn.apiIndex, j, id: shown(id) });
          seen.add(id);
        });
      }
    },
  },
  {
    id: "tool-use-id-repeated",
    group: "tools",
    says: "Two tool_use blocks of one message have one id. In two messages it is accepted, as a recorded request shows.",
    status: 400,
    text: "messages.{i}.content.{j}: `tool_use` ids must be unique",
    confidence: "high",
    source: "public code",
    check(request, report) {
      for (const turn of request.turns) {
        const seen = new Set<unknown>();
        turn.blocks.forEach((view, j) => {
          if (view.block.type !== "tool_use") return;
          if (seen.has(view.block["id"])) report(view.path, { i: turn.apiIndex, j });
          seen.add(view.block["id"]);
        });
      }
    },
  },
  {
    id: "tool-block-in-wrong-role",
    group: "tools",
    says: "A tool_use is in a message that is not the assistant's, or a tool_result in one that is not the user's.",
    status: 400,
    text: "messages.{i}: `tool_use` blocks can only be in `assistant` messages",
    confidence: "high",
    source: "public code",
    check(request, report) {
      for (const turn of request.turns) {
        for (const view of turn.blocks) {
          if (view.block.type === "tool_use" && turn.role !== "assistant") report(view.path, { i: turn.apiIndex });
          if (view.block.type === "tool_result" && turn.role !== "user") {
            report(view.path, { i: turn.apiIndex }, "messages.{i}: `tool_result` blocks can only be in `user` messages");
          }
        }
      }
    },
  },
];

/** The tool uses of a turn that the API finds unanswered: it reads results up to the first block that is none. */
function unanswered(turn: TurnView, next: TurnView | undefined): readonly BlockView[] {
  const uses = turn.blocks.filter(({ block }) => block.type === "tool_use");
  if (uses.length === 0 || turn.blocks.at(-1)?.block.type === "text") return uses;
  const answered = new Set<unknown>();
  for (const { block } of next?.role === "user" ? next.blocks : []) {
    if (block.type !== "tool_result") break;
    answered.add(block["tool_use_id"]);
  }
  return uses.filter(({ block }) => !answered.has(block["id"]));
}

function idsOf(turn: TurnView | undefined, type: string, field: string): ReadonlySet<unknown> {
  const ids = new Set<unknown>();
  if (turn?.role === "assistant") for (const { block } of turn.blocks) if (block.type === type) ids.add(block[field]);
  return ids;
}

/** An id as it goes into a message, whatever it is. */
function shown(id: unknown): string {
  return typeof id === "string" ? id : id === undefined ? "undefined" : typeof id;
}
