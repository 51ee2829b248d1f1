import type { Boundary, Entry, EntryBody, MessageBody, ReplyFacts } from "../src/conversation/entry.ts";
import type { Settings } from "../src/conversation/settings.ts";
import type { ContentBlock, Role } from "../src/messages/content-block.ts";

/** Small builders for paths, in wire words. */

/** A key for prefix hashes. */
export const KEY = "0b".repeat(32);

/** Binds thinking to its prefix, takes `system` messages, takes no prefill. */
export const BINDING_MODEL = "claude-sonnet-5-5";
/** Does none of these things, and takes prefill. */
export const OLD_MODEL = "claude-sonnet-4-5";
/** No rules are known of it. */
export const UNKNOWN_MODEL = "somebody-elses-model";

/** The path of these entries: ids `e1`, `e2`, ..., one branch. */
export function pathOf(...bodies: readonly EntryBody[]): Entry[] {
  return bodies.map((body, at) => place(body, at + 1));
}

/** The path with these entries behind it. */
export function extend(path: readonly Entry[], ...bodies: readonly EntryBody[]): Entry[] {
  return [...path, ...bodies.map((body, at) => place(body, path.length + at + 1))];
}

function place(body: EntryBody, seq: number): Entry {
  return { id: `e${seq}`, createdAt: seq, branchId: "b", seq, ...body };
}

export function settings(fields: Partial<Settings> = {}): EntryBody {
  return { kind: "settings", settings: settingsOf(fields) };
}

export function settingsOf(fields: Partial<Settings> = {}): Settings {
  return { model: UNKNOWN_MODEL, max_tokens: 1024, ...fields };
}

export function human(...content: readonly (string | ContentBlock)[]): MessageBody {
  return { kind: "message", role: "user", content: blocks(content), origin: "human" };
}

/** A message that nobody said just now. */
export function made(role: Role, ...content: readonly (string | ContentBlock)[]): MessageBody {
  return { kind: "message", role, content: blocks(content), origin: "synthetic" };
}

/** A whole reply of the model, unless `facts` say otherwise. */
export function reply(content: readonly (string | ContentBlock)[], facts: Partial<ReplyFacts> = {}): MessageBody {
  const stopReason = facts.stopReason === undefined ? "end_turn" : facts.stopReason;
  return {
    kind: "message",
    role: "assistant",
    content: blocks(content),
    origin: "model",
    reply: { model: UNKNOWN_MODEL, stopReason, whole: stopReason !== null, ...facts },
  };
}

/** What a tool answered, as the turn stores it: one entry for each call. */
export function answer(toolUseId: string, content: unknown = `result of ${toolUseId}`): MessageBody {
  return { kind: "message", role: "user", content: [result(toolUseId, content)], origin: "tool" };
}

export function toolStart(toolUseId: string, name = "look_up"): EntryBody {
  return { kind: "tool-start", toolUseId, name };
}

export function boundary(change: Boundary): EntryBody {
  return { kind: "boundary", boundary: change, bill: { thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 } };
}

export function says(text: string): ContentBlock {
  return { type: "text", text };
}

export function thought(thinking: string): ContentBlock {
  return { type: "thinking", thinking, signature: `signed ${thinking}` };
}

export function call(id: string, name = "look_up", input: unknown = { of: id }): ContentBlock {
  return { type: "tool_use", id, name, input };
}

export function result(toolUseId: string, content: unknown = `result of ${toolUseId}`): ContentBlock {
  return { type: "tool_result", tool_use_id: toolUseId, content };
}

export function serverCall(id: string): ContentBlock {
  return { type: "server_tool_use", id, name: "code_execution", input: { code: id } };
}

export function serverResult(toolUseId: string): ContentBlock {
  return { type: "code_execution_tool_result", tool_use_id: toolUseId, content: { type: "code_execution_result", stdout: toolUseId } };
}

function blocks(content: readonly (string | ContentBlock)[]): ContentBlock[] {
  return content.map((block) => (typeof block === "string" ? says(block) : block));
}

/** What a request says, cache marks aside: each block with its role, as JSON, in order. */
export function sequence(messages: readonly { readonly role: string; readonly content: readonly ContentBlock[] }[]): string[] {
  return messages.flatMap(({ role, content }) => content.map(({ cache_control: _, ...block }) => `${role} ${JSON.stringify(block)}`));
}
