import { type Block, type StreamedBlock, toolUse } from "@antiphon/testing/messages-server";

/** What a reply is made of. Each makes one block, or a call of a server tool with its result. */
export const PARTS = [
  "text",
  "cited",
  "blank",
  "empty",
  "thinking",
  "redacted",
  "note",
  "fail",
  "safe",
  "asked",
  "denied",
  "elsewhere",
  "nobody",
  "search",
  "searching",
  "mcp",
  "mcp-listing",
  "mcp-calling",
  "code",
  "fallback",
  "hologram",
  "later-delta",
] as const;

export type Part = (typeof PARTS)[number];

/** The parts that call a tool which runs here. In every recorded reply nothing stands behind such a call. */
const CALLS: ReadonlySet<Part> = new Set(["note", "fail", "safe", "asked", "denied", "elsewhere", "nobody", "code"]);

/** The content of a reply. `id` makes its ids and texts its own. */
export function contentOf(parts: readonly Part[], id: string): (Block | StreamedBlock)[] {
  const inOrder = [...parts.filter((each) => !CALLS.has(each)), ...parts.filter((each) => CALLS.has(each))];
  return inOrder.flatMap((each, at) => blocksOf(each, `${id}_${at}`));
}

function blocksOf(each: Part, id: string): (Block | StreamedBlock)[] {
  switch (each) {
    case "text":
      return [{ type: "text", text: `Said in ${id}, and then some more of it.` }];
    case "cited":
      return [{ type: "text", text: `Read in ${id}.`, citations: [citation(id)] }];
    case "blank":
      return [{ type: "text", text: " \n" }];
    case "empty":
      return [{ type: "text", text: "" }];
    case "thinking":
      return [{ type: "thinking", thinking: `Thought in ${id}.` }];
    case "redacted":
      return [{ type: "redacted_thinking" }];
    case "hologram":
      return [{ type: "hologram", light: [id] }];
    case "later-delta":
      return [{ block: { type: "hologram", light: [] }, deltas: [{ type: "light_delta", light: id }] }];
    case "note":
    case "fail":
    case "safe":
    case "asked":
    case "denied":
    case "elsewhere":
    case "nobody":
      return [toolUse(each, { id }, `toolu_${id}`)];
    default:
      return serverBlocks(each, id);
  }
}

function serverBlocks(each: "search" | "searching" | "mcp" | "mcp-listing" | "mcp-calling" | "code" | "fallback", id: string): Block[] {
  const mcpCall = { type: "mcp_tool_use", id: `mcptoolu_${id}`, name: "look", server_name: "there", input: { about: id } };
  switch (each) {
    case "search":
      return [serverCall(id, "web_search"), { type: "web_search_tool_result", tool_use_id: `srvtoolu_${id}`, content: [] }];
    case "searching":
      return [serverCall(id, "web_search")];
    case "mcp":
      return [mcpCall, { type: "mcp_tool_result", tool_use_id: `mcptoolu_${id}`, is_error: false, content: [{ type: "text", text: id }] }];
    case "mcp-calling":
      return [mcpCall];
    case "mcp-listing":
      return [{ type: "mcp_tool_listing", mcp_server_name: "there", tools: [{ name: "look", input_schema: { type: "object" } }] }];
    case "code":
      return [
        serverCall(id, "code_execution"),
        { ...toolUse("elsewhere", {}, `toolu_${id}`), caller: { type: "code_execution_20260120", tool_id: `srvtoolu_${id}` } },
      ];
    case "fallback":
      return [{ type: "fallback", from: { model: "claude-fable-5-2" }, to: { model: "claude-opus-5-5" }, trigger: null }];
    default:
      return each satisfies never;
  }
}

function serverCall(id: string, name: string): Block {
  return { type: "server_tool_use", id: `srvtoolu_${id}`, name, input: { about: id } };
}

function citation(id: string): Record<string, unknown> {
  const at = { type: "web_search_result_location", url: `https://example.com/${id}`, title: id, cited_text: id };
  return { ...at, encrypted_index: Buffer.from(id).toString("base64") };
}
