import type { CacheBill } from "../cache.ts";
import type { CheckedRequest } from "../rules/check-request.ts";
import { blocksOf, textField, type Block } from "../wire.ts";

/** What the partner makes of a request: everything it knows, because nothing is kept between two of them. */
export interface Hearing {
  /** What was asked last, as plain text. */
  readonly question: string;
  /** What the user said first. */
  readonly first: string;
  /** Everything that was said, in order, as plain text. */
  readonly said: readonly { readonly role: string; readonly text: string }[];
  /** The last message as it stood in the request. */
  readonly last: { readonly role: string; readonly blocks: readonly Block[] };
  readonly turns: { readonly user: number; readonly assistant: number; readonly system: number };
  readonly messages: number;
  readonly hasSystem: boolean;
  readonly tokens: number;
  readonly tokensRead: number;
  /** The name that the user last gave in "My name is …". */
  readonly name?: string;
  /** Client tools that were offered. */
  readonly tools: readonly string[];
  /** Results of tools in the last message. */
  readonly results: readonly Block[];
  readonly toolChoice: { readonly type: string; readonly name?: string };
  readonly format?: unknown;
}

export function hear({ body, prompt }: CheckedRequest, bill: CacheBill): Hearing {
  const said = body.messages.map((message) => ({ role: message.role, blocks: blocksOf(message.content) }));
  const spoken = said.map(({ role, blocks }) => ({ role, text: textOf(blocks) }));
  const lines = spoken.filter(({ role, text }) => role === "user" && text !== "").map(({ text }) => text);
  const last = said.at(-1)!;
  const name = lines.map((line) => /\bmy name is ([\p{L}][\p{L}'-]*)/iu.exec(line)?.[1]).findLast((found) => found !== undefined);
  const count = (role: string): number => said.filter((message) => message.role === role).length;
  const outputConfig = body.output_config as { readonly format?: unknown } | undefined;
  return {
    question: lines.at(-1) ?? "",
    first: lines[0] ?? "",
    said: spoken,
    last,
    turns: { user: count("user"), assistant: count("assistant"), system: count("system") },
    messages: said.length,
    hasSystem: blocksOf(body.system).length > 0,
    tokens: prompt.tokens,
    tokensRead: bill.read,
    ...(name !== undefined && { name }),
    tools: (body.tools ?? []).filter((tool) => "input_schema" in tool).map((tool) => String(tool.name)),
    results: last.role === "user" ? last.blocks.filter((block) => block.type === "tool_result") : [],
    toolChoice: (body.tool_choice as Hearing["toolChoice"] | undefined) ?? { type: "auto" },
    ...(outputConfig?.format != null && { format: outputConfig.format }),
  };
}

export function textOf(blocks: readonly Block[]): string {
  return blocks
    .filter((block) => block.type === "text")
    .map((block) => textField(block, "text"))
    .join("\n");
}
