import { describe, expect, test } from "vitest";
import { serverToolPairs, text, toolCalls, toolResultIds, unansweredServerTools } from "./text.ts";

const search = (id: string) => ({ type: "server_tool_use", id, name: "web_search", input: {} });
const found = (id: string) => ({ type: "web_search_tool_result", tool_use_id: id, content: [] });

describe("text", () => {
  test("reads a string, blocks and a message alike", () => {
    const content = [
      { type: "text", text: "The sky" },
      { type: "thinking", thinking: "hm" },
      { type: "text", text: " is blue." },
    ];
    expect(text("The sky is blue.")).toBe("The sky is blue.");
    expect(text(content)).toBe("The sky is blue.");
    expect(text({ content })).toBe("The sky is blue.");
    expect(text({ content: "The sky is blue." })).toBe("The sky is blue.");
    expect(text([])).toBe("");
  });

  test("reads nothing from a text block without text", () => {
    expect(text([{ type: "text" }, { type: "text", text: "a" }])).toBe("a");
  });
});

describe("tool calls", () => {
  const call = { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Oslo" } };

  test("are the client's alone", () => {
    const mcp = { type: "mcp_tool_use", id: "mcptoolu_1", name: "x", server_name: "y", input: {} };
    expect(toolCalls([search("srvtoolu_1"), call, mcp])).toEqual([call]);
    expect(toolCalls([search("srvtoolu_1"), call, mcp])[0]).toBe(call);
  });

  test("need an id and a name, since nobody could answer them otherwise", () => {
    expect(
      toolCalls([
        { type: "tool_use", name: "weather" },
        { type: "tool_use", id: "toolu_1" },
      ]),
    ).toEqual([]);
  });

  test("are answered by tool results, not by the results of server tools", () => {
    expect(toolResultIds([{ type: "tool_result", tool_use_id: "toolu_1" }, found("srvtoolu_1")])).toEqual(["toolu_1"]);
  });
});

describe("server tools", () => {
  test("a call without its result is unanswered, one with it is not", () => {
    const asked = search("b");
    expect(unansweredServerTools([search("a"), found("a"), asked])).toEqual([asked]);
    expect(unansweredServerTools([search("a"), found("a")])).toEqual([]);
  });

  test("an MCP call waits like any other, and a client call never does", () => {
    const mcp = { type: "mcp_tool_use", id: "m", name: "x", server_name: "y", input: {} };
    expect(unansweredServerTools([mcp, { type: "tool_use", id: "t", name: "x", input: {} }])).toEqual([mcp]);
    expect(unansweredServerTools([mcp, { type: "mcp_tool_result", tool_use_id: "m", content: [] }])).toEqual([]);
  });

  test("a result of an unknown type pairs by its id, and one whose call stands elsewhere does not", () => {
    const [future, stray] = [{ type: "hologram_tool_result", tool_use_id: "a" }, found("elsewhere")];
    const { pairedResults, unpairedUses } = serverToolPairs([search("a"), future, stray]);
    expect([...pairedResults]).toEqual([future]);
    expect(unpairedUses.size).toBe(0);
  });

  test("a result before its call answers nothing", () => {
    expect(unansweredServerTools([found("a"), search("a")])).toHaveLength(1);
  });
});
