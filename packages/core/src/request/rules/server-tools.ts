import type { Rule } from "./rule.ts";
import type { BlockView, RequestView } from "./request-view.ts";
import { listOf } from "./request-view.ts";

export const SERVER_TOOL_RULES: readonly Rule[] = [
  {
    id: "server-tool-unresolved",
    group: "tools",
    says: "A server tool's call has no result, and the next user message holds something else than tool_results.",
    status: 400,
    text: "`{name}` tool use with id `{id}` was found without a corresponding `{name}_tool_result` block",
    confidence: "official",
    source: "https://platform.claude.com/docs/en/agents-and-tools/tool-use/server-tools",
    check(request, report) {
      let pending = new Map<unknown, BlockView>();
      for (const turn of request.turns) {
        if (turn.role === "assistant") pending = stillPending(pending, turn.blocks);
        if (turn.role !== "user" || pending.size === 0) continue;
        if (turn.blocks.every(({ block }) => block.type === "tool_result")) continue;
        for (const view of pending.values()) report(view.path, { name: nameOf(view), id: idOf(view) });
        pending = new Map();
      }
    },
  },
  {
    id: "server-tool-not-provided",
    group: "tools",
    says: "The request goes on with a waiting server tool that is no longer in `tools`.",
    status: 400,
    text: "`{name}` tool use with id `{id}` was found without a corresponding `{name}_tool_result` block, but no `{name}` tool was provided",
    // Published is the end of the text; that it follows the text of the rule above is our reading.
    textPublished: false,
    confidence: "official",
    source: "https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons#tool-use (the end of the text)",
    check(request, report) {
      for (const view of waiting(request)) {
        if (!provided(request, view)) report(view.path, { name: nameOf(view), id: idOf(view) });
      }
    },
  },
];

/** The server tools that the API is asked to go on with: called in the last assistant turn, with no result, nothing but tool_results after. */
function waiting(request: RequestView): readonly BlockView[] {
  const at = request.turns.findLastIndex(({ role }) => role === "assistant");
  const turn = request.turns[at];
  if (turn === undefined) return [];
  const after = request.turns.slice(at + 1).flatMap(({ blocks }) => blocks);
  if (after.some(({ block }) => block.type !== "tool_result")) return [];
  return [...stillPending(new Map(), turn.blocks).values()];
}

function stillPending(before: ReadonlyMap<unknown, BlockView>, blocks: readonly BlockView[]): Map<unknown, BlockView> {
  const pending = new Map(before);
  for (const view of blocks) {
    const { type } = view.block;
    if (type === "server_tool_use" || type === "mcp_tool_use") pending.set(view.block["id"], view);
    else if (type.endsWith("_tool_result")) pending.delete(view.block["tool_use_id"]);
  }
  return pending;
}

/** Only the tools whose calls cannot come from another one: code execution also runs inside web search and web fetch. */
function provided(request: RequestView, view: BlockView): boolean {
  if (view.block.type === "mcp_tool_use") return listOf(request.body["mcp_servers"]).length > 0;
  const name = nameOf(view);
  if (name !== "web_search" && name !== "web_fetch" && name !== "advisor") return true;
  return request.tools.some(({ tool }) => tool["name"] === name);
}

function nameOf(view: BlockView): string {
  const { name } = view.block;
  return typeof name === "string" ? name : view.block.type;
}

function idOf(view: BlockView): string {
  const { id } = view.block;
  return typeof id === "string" ? id : typeof id;
}
