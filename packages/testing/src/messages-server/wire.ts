/** A content block, tool definition or other object of the wire: `type` and whatever fields belong to it. */
export interface Block {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface WireMessage {
  readonly role: string;
  readonly content: string | readonly Block[];
}

/** A request body of `/v1/messages` after it was checked. Fields not named here are kept as they came. */
export interface MessagesBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly WireMessage[];
  readonly system?: string | readonly Block[];
  readonly tools?: readonly Block[];
  readonly stream?: boolean;
  readonly cache_control?: unknown;
  readonly [field: string]: unknown;
}

/** Token counts of a reply. `input_tokens` excludes what was read from and written to the prompt cache. */
export interface Usage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number };
  readonly [field: string]: unknown;
}

/** A reply of `/v1/messages` as it goes out without streaming. */
export interface ReplyMessage {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly Block[];
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
  readonly stop_details: unknown;
  readonly usage: Usage;
  readonly [field: string]: unknown;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The list form of content: a string is shorthand for one text block. */
export function blocksOf(content: unknown): readonly Block[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter((block): block is Block => isRecord(block)) : [];
}

/** A field that holds text, empty where it holds something else. */
export function textField(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}
