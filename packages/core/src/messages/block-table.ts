import type { Role } from "./content-block.ts";

/** What is known of one type of content block. Roles are the API's rule, not the type checker's: the SDK's types restrict none. */
export interface BlockRow {
  /** `ga`: on the stable surface. `beta`: behind a beta header only. */
  readonly api: "ga" | "beta";
  /** Who may carry it as a block of a message. Empty: it lives inside a `tool_result` only. */
  readonly roles: readonly Role[];
  /** Where it occurs: in what the API answers, in what it takes as a block of a message, inside a `tool_result`. */
  readonly seen: readonly ("response" | "param" | "tool-result")[];
  /** Whether it may carry `cache_control`. */
  readonly cacheable: boolean;
  /** It calls a tool that runs there; its `id` is what the result names. */
  readonly calls?: "client" | "server";
  /** It is the result of such a call, named by its `tool_use_id`. */
  readonly answers?: "client" | "server";
}

/**
 * Every content block type of the SDK, GA and beta. A type check holds it against the SDK's unions, so that a block that
 * an update adds or removes is noticed here. A type that is not listed is not an error: it travels like any other.
 * Source: the SDK's types for everything but the roles, which are the API's documentation.
 */
export const BLOCK_TABLE = {
  // What people and programs say
  text: { api: "ga", roles: ["user", "assistant", "system"], seen: ["response", "param", "tool-result"], cacheable: true },
  image: { api: "ga", roles: ["user"], seen: ["param", "tool-result"], cacheable: true },
  document: { api: "ga", roles: ["user"], seen: ["param", "tool-result"], cacheable: true },
  search_result: { api: "ga", roles: ["user"], seen: ["param", "tool-result"], cacheable: true },
  container_upload: { api: "ga", roles: ["user", "assistant"], seen: ["response", "param"], cacheable: true },

  // What the model thinks: opaque, signed, sent back as it came
  thinking: { api: "ga", roles: ["assistant"], seen: ["response", "param"], cacheable: false },
  redacted_thinking: { api: "ga", roles: ["assistant"], seen: ["response", "param"], cacheable: false },

  // Tools that run here
  tool_use: { api: "ga", roles: ["assistant"], seen: ["response", "param"], cacheable: true, calls: "client" },
  tool_result: { api: "ga", roles: ["user"], seen: ["param"], cacheable: true, answers: "client" },
  tool_reference: { api: "ga", roles: [], seen: ["tool-result"], cacheable: true },
  browser_state: { api: "ga", roles: [], seen: ["tool-result"], cacheable: true },

  // Tools that run on the server: call and result stand in the same assistant turn
  server_tool_use: { api: "ga", roles: ["assistant"], seen: ["response", "param"], cacheable: true, calls: "server" },
  web_search_tool_result: { api: "ga", roles: ["assistant"], seen: ["response", "param"], cacheable: true, answers: "server" },
  web_fetch_tool_result: { api: "ga", roles: ["assistant"], seen: ["response", "param"], cacheable: true, answers: "server" },
  code_execution_tool_result: { api: "ga", roles: ["assistant"], seen: ["response", "param"], cacheable: true, answers: "server" },
  bash_code_execution_tool_result: { api: "ga", roles: ["assistant"], seen: ["response", "param"], cacheable: true, answers: "server" },
  text_editor_code_execution_tool_result: {
    api: "ga",
    roles: ["assistant"],
    seen: ["response", "param"],
    cacheable: true,
    answers: "server",
  },
  tool_search_tool_result: { api: "ga", roles: ["assistant"], seen: ["response", "param"], cacheable: true, answers: "server" },
  advisor_tool_result: { api: "beta", roles: ["assistant"], seen: ["response", "param"], cacheable: true, answers: "server" },
  mcp_tool_use: { api: "beta", roles: ["assistant"], seen: ["response", "param"], cacheable: true, calls: "server" },
  mcp_tool_result: { api: "beta", roles: ["assistant"], seen: ["response", "param"], cacheable: true, answers: "server" },
  mcp_tool_listing: { api: "beta", roles: ["assistant"], seen: ["response", "param"], cacheable: false },

  // What the server did to the conversation
  compaction: { api: "beta", roles: ["assistant"], seen: ["response", "param"], cacheable: true },
  fallback: { api: "beta", roles: ["assistant"], seen: ["response", "param"], cacheable: false },

  // A changed set of tools, in `system` messages
  tool_addition: { api: "beta", roles: ["system"], seen: ["param"], cacheable: true },
  tool_removal: { api: "beta", roles: ["system"], seen: ["param"], cacheable: true },
} as const satisfies Record<string, BlockRow>;

/** The block types of the table. A block of any other type is carried all the same. */
export type KnownBlockType = keyof typeof BLOCK_TABLE;

/** The row of a block type; `undefined` for a type that this version does not know. */
export function blockRow(type: string): BlockRow | undefined {
  return Object.hasOwn(BLOCK_TABLE, type) ? BLOCK_TABLE[type as KnownBlockType] : undefined;
}
