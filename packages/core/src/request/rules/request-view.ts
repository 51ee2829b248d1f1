import type { ModelFacts } from "../../models/model-facts.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** A content block where it stands. */
export interface BlockView {
  readonly block: Fields & { readonly type: string };
  readonly role: string;
  /** Where it is in the body as it was passed: `messages.3.content.0`. */
  readonly path: string;
  /** Where the API says it is: it merges consecutive messages of one role before it counts. */
  readonly apiPath: string;
  /** The block that holds this one, for content of a tool result. */
  readonly parent?: BlockView;
}

export interface MessageView {
  readonly index: number;
  readonly role: string;
  readonly fields: Fields;
  readonly path: string;
  readonly blocks: readonly BlockView[];
}

/** Consecutive messages of one role, as the API merges them. */
export interface TurnView {
  readonly role: string;
  /** The API's number for it, counted after merging; a leading assistant message counts as the second. */
  readonly apiIndex: number;
  readonly path: string;
  readonly blocks: readonly BlockView[];
}

export interface RequestView {
  readonly body: Fields;
  readonly endpoint: "messages" | "count_tokens";
  readonly form: "params" | "wire";
  readonly model: ModelFacts | undefined;
  readonly start: ViewStart | undefined;
  /** From `start` on, as are turns and blocks. The well-formed ones; anything else in `messages` is in `malformed`. */
  readonly messages: readonly MessageView[];
  readonly malformed: readonly {
    readonly path: string;
    readonly index: number;
    readonly what: string;
  }[];
  readonly turns: readonly TurnView[];
  /** Every block of every message in order, those inside tool results after the result that holds them. */
  readonly blocks: readonly BlockView[];
  readonly system: readonly BlockView[];
  readonly tools: readonly { readonly tool: Fields; readonly path: string }[];
}

/** Where a view begins whose first messages are known to be fine. A user's message stands there, or one whose own questions are answered. */
export interface ViewStart {
  /** Index of its first message. */
  readonly message: number;
  /** The API's number for the turn that begins there. */
  readonly apiIndex: number;
  /** The length of all strings in the messages before it. */
  readonly letters: number;
}

export interface ViewOptions {
  readonly endpoint: "messages" | "count_tokens";
  readonly form: "params" | "wire";
  readonly model: ModelFacts | undefined;
  readonly start?: ViewStart | undefined;
}

/** Reads any value as a request, once, in time linear in its size. What has no place in a request becomes `malformed`. */
export function viewRequest(body: Fields, options: ViewOptions): RequestView {
  const messages: MessageView[] = [];
  const malformed: { path: string; index: number; what: string }[] = [];
  const turns: { role: string; apiIndex: number; path: string; blocks: BlockView[] }[] = [];
  const blocks: BlockView[] = [];
  const { start } = options;
  listOf(body["messages"])
    .slice(start?.message)
    .forEach((value, place) => {
      const index = place + (start?.message ?? 0);
      const path = `messages.${index}`;
      if (!isFields(value) || typeof value["role"] !== "string") {
        malformed.push({ path, index, what: "message" });
        return;
      }
      let turn = turns.at(-1);
      if (turn === undefined || turn.role !== value["role"]) {
        const first = start?.apiIndex ?? (value["role"] === "assistant" ? 1 : 0);
        turn = {
          role: value["role"],
          apiIndex: turn === undefined ? first : turn.apiIndex + 1,
          path,
          blocks: [],
        };
        turns.push(turn);
      }
      const own = readContent(value["content"], value["role"], path, `messages.${turn.apiIndex}`, turn.blocks.length);
      for (const bad of own.malformed) malformed.push({ path: bad, index, what: "block" });
      messages.push({ index, role: value["role"], fields: value, path, blocks: own.top });
      for (const block of own.top) turn.blocks.push(block);
      for (const block of own.all) blocks.push(block);
    });
  return {
    ...options,
    start,
    body,
    messages,
    malformed,
    turns,
    blocks,
    system: readSystem(body["system"]),
    tools: listOf(body["tools"]).flatMap((tool, index) => (isFields(tool) ? [{ tool, path: `tools.${index}` }] : [])),
  };
}

/** `null`, lists and everything that is not an object have no fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** A text block's text, a string's itself, else undefined. */
export function textOf(block: BlockView): string | undefined {
  const text = block.block.type === "text" ? block.block["text"] : undefined;
  return typeof text === "string" ? text : undefined;
}

interface Content {
  readonly top: readonly BlockView[];
  readonly all: readonly BlockView[];
  readonly malformed: readonly string[];
}

function readContent(content: unknown, role: string, path: string, apiPath: string, offset: number): Content {
  if (typeof content === "string") {
    // The shorthand: one text block, whose place is the message's content itself.
    if (content === "") return { top: [], all: [], malformed: [] };
    const only = {
      block: { type: "text", text: content },
      role,
      path: `${path}.content`,
      apiPath: `${apiPath}.content.${offset}`,
    };
    return { top: [only], all: [only], malformed: [] };
  }
  const top: BlockView[] = [];
  const all: BlockView[] = [];
  const malformed: string[] = [];
  listOf(content).forEach((value, index) => {
    const at = `${path}.content.${index}`;
    if (!isFields(value) || typeof value["type"] !== "string") {
      malformed.push(at);
      return;
    }
    const view = {
      block: value as BlockView["block"],
      role,
      path: at,
      apiPath: `${apiPath}.content.${offset + top.length}`,
    };
    top.push(view);
    all.push(view);
    if (value["type"] !== "tool_result") return;
    listOf(value["content"]).forEach((inner, place) => {
      const innerPath = `${at}.content.${place}`;
      if (!isFields(inner) || typeof inner["type"] !== "string") {
        malformed.push(innerPath);
        return;
      }
      const innerApi = `${view.apiPath}.tool_result.content.${place}`;
      all.push({
        block: inner as BlockView["block"],
        role,
        path: innerPath,
        apiPath: innerApi,
        parent: view,
      });
    });
  });
  return { top, all, malformed };
}

function readSystem(system: unknown): readonly BlockView[] {
  if (typeof system === "string") {
    return [{ block: { type: "text", text: system }, role: "system", path: "system", apiPath: "system" }];
  }
  return listOf(system).flatMap((value, index) => {
    if (!isFields(value) || typeof value["type"] !== "string") return [];
    const path = `system.${index}`;
    return [{ block: value as BlockView["block"], role: "system", path, apiPath: path }];
  });
}
