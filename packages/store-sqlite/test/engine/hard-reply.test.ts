import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { antiphon, BLOCK_TABLE, type BlockRow, type ContentBlock, type MessageEntry } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";
import { startMessagesServer, type StreamedBlock } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { testFolder } from "../test-file.ts";
import { ANSWER, hardReply, SETTINGS } from "./hard-reply.ts";
import { stillEnvironment } from "./still-environment.ts";

// A later type, and citations of a document that is not there: rules that a recorded reply may break, too.
const RULES_OFF = ["block-type-unknown"];

test.each([true, false])(
  "a reply with every block type there is, and some that are not, is the same after a restart and goes back as it came (streamed: %s)",
  async (streamed) => {
    await using server = await startMessagesServer({ seed: "hard", rulesOff: RULES_OFF });
    const file = join(testFolder(), "hard.db");
    const client = new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0, logLevel: "off" });
    server.script({ content: hardReply({ streamed }), stop_reason: "tool_use" }, "Done.");

    const before = await SqliteStore.open(file);
    const conversation = await antiphon({ client, store: before, environment: stillEnvironment("before") }).create(SETTINGS);
    const { outcome } = await conversation.send("Everything, please.", { streaming: streamed }).result;
    expect(outcome).toMatchObject({ type: "waiting", toolUseIds: ["toolu_1"] });
    const came = replyOf(conversation.entries);
    expect(new Set(came.content.map(({ type }) => type))).toEqual(new Set([...typesOfReplies(), "hologram", "connector_text"]));
    expect(came.content.map(withoutSignature)).toEqual(hardReply({ streamed }).map(blockOf).map(withoutSignature));
    expect(came.reply!.rawDeltas).toEqual(streamed ? { [came.content.length - 2]: deltas() } : undefined);
    await before.close();

    const after = await SqliteStore.open(file);
    const reopened = await antiphon({ client, store: after, environment: stillEnvironment("after") }).open(conversation.id);
    const found = replyOf(reopened.entries);
    expect(found).toEqual(came);
    expect(JSON.stringify(found.content)).toBe(JSON.stringify(came.content));
    await reopened.append({ role: "user", content: [ANSWER] });
    expect((await reopened.resume().result).outcome).toEqual({ type: "completed", empty: false });
    const { messages } = server.requests.at(-1)!.body as { messages: { role: string; content: ContentBlock[] }[] };
    const sent = messages.find(({ role }) => role === "assistant")!.content.map(({ cache_control: _mark, ...block }) => block);
    expect(JSON.stringify(sent)).toBe(JSON.stringify(came.content));
    await after.close();
  },
);

function replyOf(entries: readonly { readonly kind: string }[]): MessageEntry {
  return entries.find((entry): entry is MessageEntry => entry.kind === "message" && (entry as MessageEntry).reply !== undefined)!;
}

/** Of the table, every type that the API answers with. */
function typesOfReplies(): readonly string[] {
  return Object.entries(BLOCK_TABLE as Record<string, BlockRow>).flatMap(([type, { seen }]) => (seen.includes("response") ? [type] : []));
}

function blockOf(part: ContentBlock | StreamedBlock): ContentBlock {
  return isStreamed(part) ? part.block : part;
}

function isStreamed(part: ContentBlock | StreamedBlock): part is StreamedBlock {
  return "deltas" in part;
}

/** The server signs thinking. */
function withoutSignature(block: ContentBlock): ContentBlock {
  if (block.type !== "thinking" && block.type !== "redacted_thinking") return block;
  const { signature: _signature, data: _data, ...rest } = block;
  return rest;
}

function deltas(): readonly unknown[] {
  return hardReply({ streamed: true }).flatMap((part) => (isStreamed(part) ? part.deltas : []));
}
