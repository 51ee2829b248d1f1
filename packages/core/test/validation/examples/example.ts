import type { ValidateRequestOptions } from "../../../src/request/validate-request.ts";

/** A body that one rule rejects, with the violation's place and its text, written out. */
export interface Example {
  readonly rule: string;
  readonly body: unknown;
  readonly path: string;
  readonly message: string;
  readonly options?: ValidateRequestOptions;
}

/** A body that looks as if the rule rejected it, and that it leaves alone. */
export interface NearMiss {
  readonly rule: string;
  readonly body: unknown;
  readonly options?: ValidateRequestOptions;
}

/** A request that nothing is wrong with, with some fields changed. */
export function request(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    model: "claude-sonnet-4-5",
    max_tokens: 1024,
    messages: [{ role: "user", content: "Hello" }],
    ...changes,
  };
}

/** Messages from pairs of role and content, beginning with a user's "Hello". */
export function talk(...messages: readonly (readonly [role: string, content: unknown])[]) {
  return [{ role: "user", content: "Hello" }, ...messages.map(([role, content]) => ({ role, content }))];
}

export const text = (value: string, more: Readonly<Record<string, unknown>> = {}) => ({
  type: "text",
  text: value,
  ...more,
});
export const toolUse = (id: string) => ({ type: "tool_use", id, name: "look", input: {} });
export const toolResult = (id: string, content: unknown = "found") => ({
  type: "tool_result",
  tool_use_id: id,
  content,
});
export const thinking = (more: Readonly<Record<string, unknown>> = {}) => ({
  type: "thinking",
  thinking: "hm",
  signature: "c2ln",
  ...more,
});
export const tool = (more: Readonly<Record<string, unknown>> = {}) => ({
  name: "look",
  input_schema: { type: "object", properties: {} },
  ...more,
});
export const image = (data: string, type = "image/png", more: Readonly<Record<string, unknown>> = {}) => ({
  type: "image",
  source: { type: "base64", media_type: type, data },
  ...more,
});
