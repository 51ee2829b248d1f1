import { mkdtempSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ConversationStore, Turn } from "@antiphon/core";
import { type Kind, TOOL } from "./replies.ts";

/** Makes everything ready for one reply, and gives the work that is measured: ask for the reply and read it to its end. */
type Contestant = (baseURL: string, kind: Kind) => Promise<() => Promise<void>>;

export const SDK_LOOP = "SDK, loop over `create({ stream: true })`";
export const SDK_STREAM = "SDK, `messages.stream().finalMessage()`";

/** Every contestant by its name in the tables. Each loads what it needs and nothing else. */
const CONTESTANTS: Readonly<Record<string, () => Promise<Contestant>>> = {
  "`node:http`, a line at a time, `JSON.parse`": async () => lines,
  [SDK_LOOP]: sdkLoop,
  [SDK_STREAM]: sdkStream,
  "Antiphon, nobody listens": () => turn(async () => {}),
  "Antiphon, `textStream`": () => turn((started) => drain(started.textStream)),
  "Antiphon, every event": () => turn((started) => drain(started)),
  "Antiphon, partial tool input": () => turn((started) => drainPartialInputs(started)),
  "Antiphon, on SQLite, nobody listens": () => turn(async () => {}, "sqlite"),
  "AI SDK 7, `streamText`": aiSdk,
  "LangChain, `ChatAnthropic.stream`": langChain,
};

export const ANTIPHON = Object.keys(CONTESTANTS).filter((name) => name.startsWith("Antiphon"));
export const PEERS = ["AI SDK 7, `streamText`", "LangChain, `ChatAnthropic.stream`"];
export const ALL = Object.keys(CONTESTANTS);

export async function prepare(name: string): Promise<Contestant> {
  const make = CONTESTANTS[name];
  if (make === undefined) throw new Error(`There is no contestant ${name}. There are: ${ALL.join("; ")}`);
  return make();
}

const MODEL = "claude-sonnet-5-5";
const QUESTION = "What does enumerate do?";
const apiKey = "none";
const params = {
  model: MODEL,
  max_tokens: 64_000,
  messages: [{ role: "user" as const, content: QUESTION }],
  tools: [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.schema }],
};

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

async function drainPartialInputs(started: Turn): Promise<void> {
  const { partialInputs } = await import("@antiphon/core/partial-inputs");
  await drain(partialInputs(started));
}

async function lines(baseURL: string): Promise<() => Promise<void>> {
  return () =>
    new Promise((resolve, reject) => {
      const sent = request(`${baseURL}/v1/messages`, { method: "POST" }, (response) => {
        createInterface({ input: response })
          .on("line", (line) => {
            if (line.startsWith("data: ")) JSON.parse(line.slice(6));
          })
          .on("close", resolve);
      });
      sent.on("error", reject).end(JSON.stringify(params));
    });
}

async function sdkLoop(): Promise<Contestant> {
  const { Anthropic } = await import("@anthropic-ai/sdk");
  return async (baseURL) => {
    const client = new Anthropic({ apiKey, baseURL });
    return async () => drain(await client.messages.create({ ...params, stream: true }));
  };
}

async function sdkStream(): Promise<Contestant> {
  const { Anthropic } = await import("@anthropic-ai/sdk");
  return async (baseURL) => {
    const client = new Anthropic({ apiKey, baseURL });
    return async () => void (await client.messages.stream(params).finalMessage());
  };
}

async function turn(listen: (turn: Turn) => Promise<void>, kind: "memory" | "sqlite" = "memory"): Promise<Contestant> {
  const { Anthropic } = await import("@anthropic-ai/sdk");
  const { antiphon } = await import("@antiphon/core");
  const open = await storeOf(kind);
  const { messages: _, ...settings } = params;
  return async (baseURL, reply) => {
    const chat = antiphon({ client: new Anthropic({ apiKey, baseURL }), store: open() });
    const conversation = await chat.create(settings);
    return async () => {
      const started = conversation.send(QUESTION);
      await listen(started);
      const { outcome } = await started.result;
      const expected = reply === "tool-input" ? "waiting" : "completed";
      if (outcome.type !== expected) throw new Error(`The turn ended as ${JSON.stringify(outcome)}.`);
    };
  };
}

/** In memory a store for each reply, so that those of before are not this one's garbage; on disk one file for all. */
async function storeOf(kind: "memory" | "sqlite"): Promise<() => ConversationStore> {
  const { MemoryStore } = await import("@antiphon/core");
  if (kind === "memory") return () => new MemoryStore();
  const { SqliteStore } = await import("@antiphon/store-sqlite");
  const store = await SqliteStore.open(join(mkdtempSync(join(tmpdir(), "antiphon-benchmark-")), "streams.db"));
  return () => store;
}

async function aiSdk(): Promise<Contestant> {
  const { createAnthropic } = await import("@ai-sdk/anthropic");
  const { jsonSchema, streamText, tool } = await import("ai");
  const tools = { [TOOL.name]: tool({ description: TOOL.description, inputSchema: jsonSchema(TOOL.schema) }) };
  return async (baseURL) => {
    const model = createAnthropic({ apiKey, baseURL: `${baseURL}/v1` })(MODEL);
    return async () => {
      const failed: unknown[] = [];
      await streamText({ model, prompt: QUESTION, tools, onError: ({ error }) => void failed.push(error) }).consumeStream();
      if (failed.length > 0) throw failed[0];
    };
  };
}

async function langChain(): Promise<Contestant> {
  const { ChatAnthropic } = await import("@langchain/anthropic");
  return async (baseURL) => {
    const model = new ChatAnthropic({ model: MODEL, apiKey, anthropicApiUrl: baseURL, maxTokens: params.max_tokens });
    const withTools = model.bindTools([{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.schema }]);
    return async () => drain(await withTools.stream(QUESTION));
  };
}
