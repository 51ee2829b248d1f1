/** What kinds of reply are measured; the size is a count of deltas. */
export const KINDS = ["text", "tool-input", "thinking"] as const;
export type Kind = (typeof KINDS)[number];

/** The sizes that the targets name. */
export const FULL_SIZE: Readonly<Record<Kind, number>> = { text: 20_000, "tool-input": 52_429, thinking: 5_000 };

export const TOOL = {
  name: "edit_file",
  description: "Changes lines of a file.",
  schema: {
    type: "object" as const,
    properties: { path: { type: "string" as const }, edits: { type: "array" as const, items: { type: "object" as const } } },
    required: ["path", "edits"],
  },
};

const TOOL_DELTA_CHARS = 20;

/** The bytes of a whole reply as the API streams it. */
export function replyBytes(kind: Kind, deltas: number): Buffer {
  const events = [...opening, ...blocksOf(kind, deltas), ...ending(kind)];
  return Buffer.from(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
}

interface WireEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

const message = {
  id: "msg_013Zva2CMHLNnXjNJJKqJ2EF",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 25, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
};
const opening: readonly WireEvent[] = [{ type: "message_start", message }, { type: "ping" }];

function ending(kind: Kind): WireEvent[] {
  const stop_reason = kind === "tool-input" ? "tool_use" : "end_turn";
  return [
    { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 20_000 } },
    { type: "message_stop" },
  ];
}

function blocksOf(kind: Kind, count: number): WireEvent[] {
  switch (kind) {
    case "text":
      return block(
        0,
        { type: "text", text: "" },
        wordsOf(count).map((text) => ({ type: "text_delta", text })),
      );
    case "tool-input": {
      const call = { type: "tool_use", id: "toolu_01T1x1fJ34qAmk2tNTrN7Up6", name: TOOL.name, input: {} };
      return block(
        0,
        call,
        piecesOf(toolInput(count)).map((partial_json) => ({ type: "input_json_delta", partial_json })),
      );
    }
    case "thinking": {
      const thoughts = wordsOf(count).map((thinking) => ({ type: "thinking_delta", thinking: `so ${thinking} and` }));
      const signature = { type: "signature_delta", signature: "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds" };
      return [
        ...block(0, { type: "thinking", thinking: "", signature: "" }, [...thoughts, signature]),
        ...block(1, { type: "text", text: "" }, [{ type: "text_delta", text: "Yes." }]),
      ];
    }
    default:
      return kind satisfies never;
  }
}

function block(index: number, content_block: object, deltas: readonly object[]): WireEvent[] {
  return [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

const WORDS = [
  " the",
  " enumerate",
  " of",
  " a",
  " pairs",
  ",",
  " index",
  " and",
  " Größe",
  " list",
  ".\n",
  " for",
  " it",
  " returns",
  " —",
];

function wordsOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) => WORDS[(at * 7) % WORDS.length]!);
}

/** An input of about that many deltas: a list of small objects with strings, numbers and escapes. */
function toolInput(deltas: number): string {
  const chars = deltas * TOOL_DELTA_CHARS;
  const edit = { text: 'const first = "one";\n\treturn first;', line: 100_000, keep: true, note: null };
  const count = Math.max(1, Math.floor(chars / (JSON.stringify(edit).length + 1)));
  return JSON.stringify({ path: "src/first.ts", edits: Array.from({ length: count }, (_, at) => ({ ...edit, line: 100_000 + at })) });
}

function piecesOf(json: string): string[] {
  return json.match(/[^]{1,20}/g) ?? [];
}
