import type { BranchKey, ConversationStore, NewConversation, NewEntry } from "@antiphon/core";

/** Milliseconds since 1970: when the samples were made. */
export const AT = 1_700_000_000_000;

/** An id in the form of a time-ordered UUID: a greater `n` is later. */
export function sampleId(n: number): string {
  return `018bcfe5-6800-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

export const CONVERSATION = sampleId(0xc0);
export const MAIN = sampleId(0xb0);

/** The key of the first branch of the sample conversation. */
export const MAIN_KEY: BranchKey = { conversationId: CONVERSATION, branchId: MAIN };

export function sampleConversation(changes: Partial<NewConversation> = {}): NewConversation {
  return { id: CONVERSATION, branchId: MAIN, createdAt: AT, hashKey: "5eed", ...changes };
}

/** A human message whose id and text follow from `n`. */
export function message(n: number, text = `message ${n}`): NewEntry {
  return { id: sampleId(n), createdAt: AT + n, kind: "message", role: "user", content: [{ type: "text", text }], origin: "human" };
}

/** The messages `from` to `to`, both included. */
export function messages(from: number, to: number): NewEntry[] {
  return Array.from({ length: to - from + 1 }, (_unused, index) => message(from + index));
}

/** Makes the sample conversation with the messages 1 to `count`, at the seqs 1 to `count`. */
export async function begin(store: ConversationStore, count = 0): Promise<BranchKey> {
  await store.create(sampleConversation());
  if (count > 0) await store.append({ ...MAIN_KEY, expectedTip: 0, entries: messages(1, count), at: AT });
  return MAIN_KEY;
}

/** Starts a branch of the sample conversation. */
export async function forkAt(store: ConversationStore, branchId: string, parentBranchId: string, forkSeq: number): Promise<BranchKey> {
  await store.fork({ conversationId: CONVERSATION, branchId, parentBranchId, forkSeq, createdAt: AT });
  return { conversationId: CONVERSATION, branchId };
}

/** One entry of each kind with every field filled, in a legal order. */
export const ENTRY_OF_EACH_KIND: readonly NewEntry[] = [
  {
    id: sampleId(0x101),
    createdAt: AT,
    kind: "settings",
    settings: { model: "claude-sonnet-5", max_tokens: 1024, system: "secret: be kind", metadata: { user_id: "secret" } },
  },
  {
    id: sampleId(0x102),
    createdAt: AT + 1,
    kind: "message",
    role: "user",
    content: [{ type: "text", text: "secret question" }],
    origin: "human",
    author: "secret author",
    externalId: "secret-1",
  },
  {
    id: sampleId(0x103),
    createdAt: AT + 2,
    kind: "message",
    role: "assistant",
    content: [
      { type: "thinking", thinking: "secret", signature: "c2lnbmVk" },
      { type: "tool_use", id: "toolu_1", name: "look", input: { what: "secret" } },
    ],
    origin: "model",
    reply: {
      model: "claude-sonnet-5",
      stopReason: "tool_use",
      stopSequence: null,
      stopDetails: { explanation: "secret" },
      usage: { input_tokens: 3, output_tokens: 5 },
      responseId: "msg_secret",
      requestId: "req_secret",
      whole: true,
      prefixHash: "secret hash",
      extra: { container: { id: "secret" } },
    },
  },
  { id: sampleId(0x104), createdAt: AT + 3, kind: "approval", toolUseId: "toolu_1", verdict: "allow", reason: "secret reason" },
  { id: sampleId(0x105), createdAt: AT + 4, kind: "tool-start", toolUseId: "toolu_1", name: "look" },
  {
    id: sampleId(0x106),
    createdAt: AT + 5,
    kind: "boundary",
    boundary: { type: "superseded", entryId: sampleId(0x102), content: [{ type: "text", text: "secret, said better" }] },
    bill: { thinkingBlocks: 1, cachedTokens: 1024, toolPairs: 0 },
  },
  {
    id: sampleId(0x107),
    createdAt: AT + 6,
    kind: "boundary",
    boundary: { type: "left-out", entryIds: [sampleId(0x102)], reason: "refusal" },
    bill: { thinkingBlocks: 0, cachedTokens: 0, toolPairs: 0 },
  },
];
