import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { BINDING_MODEL, says, thought } from "../../test/builders.ts";
import { repliedWith } from "../../test/usage.ts";
import { MODEL_TABLE, type ModelSource } from "../models/model-catalog.ts";
import type { RequestBody } from "../request/request-body.ts";
import type { MessagesClient } from "../turn/messages-client.ts";
import { mediaTokens, saidBytes } from "./request-bytes.ts";

const image = { type: "image", source: { type: "url", url: `https://example.com/${"a".repeat(40_000)}.png` } };
const words = "word ".repeat(700);

/** A conversation whose replies report these tokens, and then, with a client that counts, the same one. */
async function counted(usages: readonly Record<string, number>[], counting?: (body: RequestBody) => unknown) {
  const answers = usages.map((usage, n) => repliedWith(usage, [thought(`${n}`), says(`a${n}`)]));
  const begun = await begin(answers, { model: BINDING_MODEL, system: "Be brief.", stop_sequences: ["END"] });
  for (const n of usages.keys()) await begun.conversation.send(`q${n} ${words}`).result;
  if (counting === undefined) return { ...begun, asked: [] };
  const asked: RequestBody[] = [];
  const countTokens = async (body: RequestBody): Promise<unknown> => {
    asked.push(body);
    return counting(body);
  };
  const client: MessagesClient = { messages: { ...begun.client.messages, countTokens } };
  const other = await begin([], {}, { client, store: begun.store, environment: begun.environment });
  return { ...begun, conversation: await other.chat.open(begun.conversation.id), asked };
}

describe("the API's count", () => {
  test("is of the next request, with the parameters that its endpoint takes", async () => {
    const { conversation, asked } = await counted([{ input_tokens: 9 }], () => ({ input_tokens: 1234 }));
    expect(await conversation.countTokens()).toEqual({ tokens: 1234, exact: true, margin: 0 });
    expect(asked).toMatchObject([
      {
        model: BINDING_MODEL,
        system: "Be brief.",
        messages: [{ role: "user" }, { role: "assistant" }, { role: "user", content: [{ text: "?" }] }],
      },
    ]);
    expect(Object.keys(asked[0]!)).toEqual(["model", "system", "messages"]);
  });

  test("is asked for once, for as long as the request stays the same", async () => {
    let tokens = 100;
    const { conversation, asked } = await counted([{ input_tokens: 9 }], () => ({ input_tokens: (tokens += 1) }));
    const before = await conversation.countTokens();
    expect(await conversation.countTokens()).toEqual(before);
    await conversation.update({ max_tokens: 99 });
    expect(await conversation.countTokens()).toEqual(before);
    await conversation.append({ role: "user", content: "and?" });
    expect(await conversation.countTokens()).toMatchObject({ tokens: 102 });
    await conversation.update({ model: "claude-opus-5-5" }, { accept: true });
    expect(await conversation.countTokens()).toMatchObject({ tokens: 103 });
    expect(asked).toHaveLength(3);
  });

  test.each<[string, unknown, object]>([
    [
      "fails",
      Object.assign(new Error("Overloaded"), { status: 529, type: "overloaded_error" }),
      { status: 529, code: "overloaded_error", retryable: true },
    ],
    ["is no count", { tokens: "many" }, { code: "client_failed" }],
    ["is nothing", undefined, { code: "client_failed" }],
  ])("that %s gives way to an estimate, and says why", async (_, answer, failure) => {
    const { conversation } = await counted([{ input_tokens: 900, output_tokens: 30 }], () => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
    expect(await conversation.countTokens()).toEqual({ tokens: 930, exact: false, margin: 0, failure: expect.objectContaining(failure) });
  });

  test("can be called off", async () => {
    const controller = new AbortController();
    const { conversation } = await counted([{ input_tokens: 9 }], () => {
      controller.abort();
      throw new Error("aborted");
    });
    await expect(conversation.countTokens({ signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
  });

  test("is not asked for where nothing was said", async () => {
    const { conversation, asked } = await counted([], () => ({ input_tokens: 1 }));
    expect(await conversation.countTokens()).toMatchObject({ exact: false });
    expect(asked).toEqual([]);
  });
});

describe("an estimate", () => {
  test("is what the last reply reported of its request and itself", async () => {
    const { conversation } = await counted([
      { input_tokens: 1000, output_tokens: 7 },
      { input_tokens: 4, cache_read_input_tokens: 1900, cache_creation_input_tokens: 96, output_tokens: 11 },
    ]);
    expect(await conversation.countTokens()).toEqual({ tokens: 2011, exact: false, margin: 0 });
  });

  test("adds what was said since, at the rate of that request", async () => {
    const { conversation } = await counted([{ input_tokens: 1000, output_tokens: 7 }]);
    await conversation.append({ role: "user", content: words });
    const { tokens, margin } = await conversation.countTokens();
    // The same words again, which were nearly all of the request.
    expect(tokens).toBeGreaterThan(1990);
    expect(tokens).toBeLessThan(2010);
    expect(margin).toBe(Math.ceil((tokens - 1007) / 2));
  });

  test("is of the size of all where what is sent is another request now", async () => {
    const { conversation } = await counted([{ input_tokens: 1000 }, { input_tokens: 2000 }, { input_tokens: 3000 }]);
    await conversation.window({ keep: { turns: 1 } }, { accept: true });
    const { tokens } = await conversation.countTokens();
    expect(tokens).toBeGreaterThan(980);
    expect(tokens).toBeLessThan(1060);
  });

  test("takes media by the piece, and not by their bytes", async () => {
    const { conversation } = await counted([]);
    await conversation.append({ role: "user", content: [image, says("?")] }, { origin: "human" });
    const { tokens } = await conversation.countTokens();
    expect(tokens).toBeGreaterThan(1600);
    expect(tokens).toBeLessThan(1650);
  });

  test("takes the last sampling of a reply that took several", async () => {
    const iterations = [
      { type: "message", input_tokens: 800, output_tokens: 5 },
      { type: "message", input_tokens: 1200, output_tokens: 6 },
    ];
    const { conversation } = await counted([{ input_tokens: 2000, output_tokens: 11, iterations } as never]);
    expect(await conversation.countTokens()).toMatchObject({ tokens: 1206 });
  });
});

test("asked before each turn whether there is too much, it looks at what has come since", async () => {
  let looks = 0;
  const models: ModelSource = { ...MODEL_TABLE, facts: (model) => ((looks += 1), MODEL_TABLE.facts(model)) };
  const answers = Array.from({ length: 42 }, (_, n) => repliedWith({ input_tokens: 9 }, [thought(`${n}`), says(`a${n}`)]));
  const { conversation } = await begin(answers, { model: BINDING_MODEL }, { models });
  const looksOfTurn = async (): Promise<number> => {
    await conversation.send("q").result;
    looks = 0;
    await conversation.window({ over: { tokens: 1_000_000 }, keep: { tokens: 100 } });
    return looks;
  };
  for (let turn = 0; turn < 4; turn += 1) await looksOfTurn();
  const early = await looksOfTurn();
  for (let turn = 0; turn < 35; turn += 1) await conversation.send("q").result;
  await looksOfTurn();
  expect(await looksOfTurn()).toBe(early);
});

const root = fileURLToPath(new URL("../../../../../shared/recordings/", import.meta.url));
const present = existsSync(`${root}index.json`);

test.skipIf(!present)("without any reply, recorded requests of some length lie within the margin", () => {
  const index = JSON.parse(readFileSync(`${root}index.json`, "utf8")) as {
    status: number;
    request_file: string | null;
    sdk_final?: string;
  }[];
  const errors: number[] = [];
  for (const { status, request_file: file, sdk_final: final } of index) {
    if (status !== 200 || file === null || final === undefined) continue;
    const { usage } = JSON.parse(readFileSync(`${root}${final}`, "utf8")) as { usage?: Record<string, number> };
    const { system, tools, messages } = JSON.parse(readFileSync(`${root}${file}`, "utf8")) as RequestBody;
    const actual =
      (usage?.["input_tokens"] ?? 0) + (usage?.["cache_read_input_tokens"] ?? 0) + (usage?.["cache_creation_input_tokens"] ?? 0);
    const bytes = saidBytes([system, tools, messages]);
    // What the API adds for tools of its own, and what those bring, stands in no request.
    const isOwn = (tools ?? []).every((tool) => !("type" in tool) || tool.type === "custom");
    if (bytes > 7000 && actual > 2000 && isOwn && mediaTokens(messages) === 0) errors.push(bytes / 3.5 / actual - 1);
  }
  expect(errors.length).toBe(8);
  expect(Math.min(...errors)).toBeGreaterThan(-0.03);
  expect(Math.max(...errors)).toBeLessThan(0.31);
});
