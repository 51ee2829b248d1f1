import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Anthropic from "@anthropic-ai/sdk";
import { antiphon, type ContentBlock, type Entry, type Outcome } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";
import { type MessagesServer, startMessagesServer } from "@antiphon/testing/messages-server";
import { readBytes, type Recording } from "./recordings.ts";
import { stillEnvironment } from "./still-environment.ts";

/** One recording after its round: played into a turn here, gone on with in another process. */
export interface Played {
  /** How the turn ended that it was played into. */
  readonly outcome: Outcome;
  /** The entry that the turn stored of it. */
  readonly entry: Entry | undefined;
  /** The HTTP status that the strict server gave the other process's request. */
  readonly status: number | undefined;
  /** What the other process sent as the assistant's, cache marks left out; `undefined` where it sent no such message. */
  readonly sent: readonly ContentBlock[] | undefined;
}

/** Blocks of white space only are in five recorded replies, and one of them was recorded as accepted. */
const RULES_OFF = ["text-blank"];

/**
 * Plays recordings byte for byte over HTTP into turns on one SQLite file, closes it, and goes on with each conversation
 * in another process. By recorded file.
 */
export async function playRecordings(recordings: readonly Recording[]): Promise<ReadonlyMap<string, Played>> {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-recordings-"));
  const path = join(folder, "chats.db");
  await using server = await startMessagesServer({ seed: "recordings", rulesOff: RULES_OFF });
  try {
    const first = await playInto(path, server, recordings);
    const played = new Map<string, Played>();
    await goOnElsewhere([path, server.url], [...first.keys()]);
    for (const { file, ...turn } of first.values()) played.set(file, { ...turn, ...nextRequest(server, file) });
    return played;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function playInto(path: string, server: MessagesServer, recordings: readonly Recording[]) {
  const environment = stillEnvironment("first");
  const store = await SqliteStore.open(path, { now: environment.now });
  const client = new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0 });
  // No rounds and no resumes, so that each turn ends with the reply that was played.
  const chat = antiphon({ client, store, environment, limits: { toolRounds: 0, resumes: 0 } });
  const tools = [{ type: "web_search_20250305", name: "web_search" }] as const;
  const turns = new Map<string, { file: string; outcome: Outcome; entry: Entry | undefined }>();
  for (const { file, kind } of recordings) {
    const conversation = await chat.create({
      model: "claude-sonnet-4-6",
      max_tokens: 8192,
      tools: [...tools],
      metadata: { user_id: file },
    });
    server.script({ raw: readBytes(file), ...(kind === "message" && { contentType: "application/json" }) });
    const { outcome } = await conversation.send("Begin.", { streaming: kind === "sse" }).result;
    const entry = conversation.entries.find((candidate) => candidate.kind === "message" && candidate.role === "assistant");
    turns.set(conversation.id, { file, outcome, entry });
  }
  await store.close();
  return turns;
}

function goOnElsewhere(args: readonly string[], ids: readonly string[]): Promise<void> {
  const program = fileURLToPath(new URL("go-on.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, ["--conditions", "@antiphon/source", program, ...args], (error, _stdout, stderr) => {
      if (error) reject(new Error(`the other process failed: ${stderr}`, { cause: error }));
      else resolve();
    });
    child.stdin!.end(ids.join("\n"));
  });
}

interface SentBody {
  readonly metadata?: { readonly user_id?: string };
  readonly messages?: readonly { readonly role: string; readonly content: readonly ContentBlock[] }[];
}

/** The second request about a recording: the first one is what it answered. */
function nextRequest(server: MessagesServer, file: string): Pick<Played, "status" | "sent"> {
  const requests = server.requests.filter(({ body }) => (body as SentBody | undefined)?.metadata?.user_id === file);
  if (requests.length !== 2) throw new Error(`${file}: ${requests.length} requests were sent, not 2`);
  const { status, body } = requests[1]!;
  const reply = (body as SentBody).messages?.find(({ role }) => role === "assistant");
  return { status, sent: reply?.content.map(({ cache_control: _mark, ...block }) => block) };
}
