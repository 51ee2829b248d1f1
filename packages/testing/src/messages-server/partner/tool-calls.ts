import { toolUse } from "../script.ts";
import { isRecord, type Block } from "../wire.ts";
import type { Hearing } from "./hearing.ts";

export interface WantedCalls {
  readonly calls: readonly Block[];
  /** Tools that were asked for by name and not offered. */
  readonly unknown: readonly string[];
}

/** The tool calls that "use the tool NAME with {…}" asks for, once for each time it is said, or that `tool_choice` forces. */
export function wantedCalls(hearing: Hearing): WantedCalls {
  const forced = forcedTool(hearing);
  if (forced !== undefined) return { calls: [toolUse(forced, firstJson(hearing.question) ?? {})], unknown: [] };
  const free = hearing.toolChoice.type !== "none" && hearing.results.length === 0;
  if (!free || !/\buse the tool\b/i.test(hearing.question)) return { calls: [], unknown: [] };
  const asked = [...hearing.question.matchAll(/\bthe tool `?([\w-]+)`?(?: with\s*(?=\{))?/gi)];
  const known = asked.filter(([, name]) => hearing.tools.includes(name!));
  return {
    calls: known.map((match) => toolUse(match[1]!, jsonAt(hearing.question, match.index + match[0].length) ?? {})),
    unknown: asked.map(([, name]) => name!).filter((name) => !hearing.tools.includes(name)),
  };
}

function forcedTool({ toolChoice, tools, results }: Hearing): string | undefined {
  if (toolChoice.type === "tool") return toolChoice.name;
  return toolChoice.type === "any" && results.length === 0 ? tools[0] : undefined;
}

function firstJson(text: string): Record<string, unknown> | undefined {
  return jsonAt(text, text.indexOf("{"));
}

/** The JSON object that starts at a place, found by trying each closing brace. */
function jsonAt(text: string, start: number): Record<string, unknown> | undefined {
  if (text[start] !== "{") return undefined;
  for (let end = text.indexOf("}", start); end !== -1; end = text.indexOf("}", end + 1)) {
    try {
      const value: unknown = JSON.parse(text.slice(start, end + 1));
      return isRecord(value) ? value : undefined;
    } catch {
      // Not this brace: it closes something inside.
    }
  }
  return undefined;
}
