import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { antiphon, type Conversation, type ConversationStore, MemoryStore } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";
import { answer, cpuOf } from "../measure/child.ts";
import { median } from "../measure/numbers.ts";

/** Histories in one store: `history-program.ts <memory|sqlite>`. Asked for a length, it says what each operation costs there. */
const store: ConversationStore =
  process.argv[2] === "sqlite"
    ? await SqliteStore.open(join(mkdtempSync(join(tmpdir(), "antiphon-benchmark-")), "history.db"))
    : new MemoryStore();

const WORDS = "What the model said, in about as many words as people use when they have little time. ".repeat(6);

/** Answers at once, out of this process's memory: what is measured is ours, not the transport's or the SDK's writing of the body. */
const client = {
  messages: {
    async *create() {
      yield { type: "message_start", message: { ...reply(), content: [], stop_reason: null } };
      yield { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };
      yield { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: WORDS } };
      yield { type: "content_block_stop", index: 0 };
      yield { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 100 } };
      yield { type: "message_stop" };
    },
  },
};

function reply() {
  const usage = { input_tokens: 10, output_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-5-5",
    content: [{ type: "text", text: WORDS }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage,
  };
}

const chat = antiphon({ client, store });

answer(async (question) => {
  const { messages, times } = question as { readonly messages: number; readonly times: number };
  const conversation = await chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024, system: "Be brief." });
  for (let at = 0; at < messages; at += 2) await growByTwo(conversation);
  return measure(conversation, times);
});

async function growByTwo(conversation: Conversation): Promise<void> {
  await conversation.append({ role: "user", content: WORDS }, { origin: "human" });
  await conversation.record(reply());
}

async function measure(conversation: Conversation, times: number): Promise<Record<string, number>> {
  const costs: Record<string, number[]> = {};
  const cost = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    (costs[name] ??= []).push(await cpuOf(work));
  };
  for (let time = 0; time < times; time += 1) {
    let opened: Conversation | undefined;
    await cost("open, and the first request", async () => {
      opened = await chat.open(conversation.id);
      await opened.request();
    });
    const grown = opened!;
    await growByTwo(grown);
    await cost("a request, grown by two messages", () => grown.request());
    await cost("an append of two messages", () => growByTwo(grown));
    await grown.request();
    await cost("a whole turn", () => grown.send(WORDS).result);
    const last = grown.entries.at(-1)!;
    await cost("a fork", () => grown.fork(last.id));
  }
  return Object.fromEntries(Object.entries(costs).map(([name, all]) => [name, median(all)]));
}
