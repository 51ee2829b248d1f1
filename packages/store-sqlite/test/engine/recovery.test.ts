import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Anthropic from "@anthropic-ai/sdk";
import { antiphon, type ConversationStore } from "@antiphon/core";
import { gate, type MessagesServer, startMessagesServer, toolUse } from "@antiphon/testing/messages-server";
import { SqliteStore } from "@antiphon/store-sqlite";
import { expect, test } from "vitest";
import { linesOf, outputOf, start, testFolder } from "../test-file.ts";

const SETTINGS = { model: "claude-sonnet-5-5", max_tokens: 1024 };
const names = ["note", "peek"].map((name) => ({ name, input_schema: { type: "object" as const } }));
const PROCESSES_MAX = 20;

async function begin(server: MessagesServer) {
  const folder = testFolder();
  const file = join(folder, "chats.db");
  const runs = join(folder, "runs");
  writeFileSync(runs, "");
  const store = await SqliteStore.open(file);
  const client = new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0 });
  const { id } = await antiphon({ client, store }).create({ ...SETTINGS, tools: names });
  const mortal = (lives: number) =>
    start(process.execPath, [
      "--conditions=@antiphon/source",
      fileURLToPath(new URL("mortal-turn.ts", import.meta.url)),
      file,
      server.url,
      id,
      runs,
      `${lives}`,
    ]);
  return { store, client, id, mortal, ran: () => readFileSync(runs, "utf8").trim().split("\n") };
}

test.each([2, 3])(
  "a turn whose processes are all killed once they have stored %i entries comes to its end, and no call runs twice that must not",
  async (lives) => {
    await using server = await startMessagesServer({ seed: "recovery" });
    const { store, client, id, mortal, ran } = await begin(server);
    server.script(
      { content: [{ type: "text", text: "Noting." }, toolUse("note", {}, "toolu_1"), toolUse("peek", {}, "toolu_2")] },
      { content: [toolUse("note", {}, "toolu_3")] },
      "Noted.",
    );
    const said: string[][] = [];
    while (said.length < PROCESSES_MAX && said.at(-1)?.length !== 1) said.push(await outputOf(mortal(lives)));
    expect(said.at(-1)).toEqual(["completed"]);
    expect(said.length).toBeGreaterThan(1);
    const times = (call: string) => ran().filter((line) => line === call).length;
    expect([times("toolu_1") <= 1, times("toolu_2") >= 1, times("toolu_3") <= 1]).toEqual([true, true, true]);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
    // In this process: the path is one that goes on.
    const conversation = await antiphon({ client, store }).open(id);
    expect((await conversation.send("Go on.").result).outcome.type).toBe("completed");
    expect(server.requests.at(-1)?.status).toBe(200);
    await store.close();
  },
  120_000,
);

test("opening a conversation while another process runs its turn writes nothing, and resuming there is busy", async () => {
  await using server = await startMessagesServer({ seed: "opening" });
  const { store, client, id, mortal } = await begin(server);
  const hold = gate();
  server.script({ content: "A reply.", faults: [{ kind: "hold", gate: hold, at: { afterEvents: 4 } }] });
  const running = mortal(99);
  const lines = linesOf(running)[Symbol.asyncIterator]();
  await hold.reached;
  const opened = await antiphon({ client, store: readOnly(store) }).open(id);
  expect(opened.entries.map(({ kind }) => kind)).toEqual(["settings", "message"]);
  for (const recovery of ["continue", "stop"] as const) {
    const handle = await antiphon({ client, store }).open(id);
    expect((await handle.resume({ recovery }).result).outcome).toMatchObject({ type: "failed", failure: { code: "busy" } });
  }
  hold.release();
  expect(await lines.next()).toMatchObject({ value: "completed" });
  expect(server.requests).toHaveLength(1);
  await store.close();
}, 60_000);

/** A store on which every write is an error. */
function readOnly(store: SqliteStore): ConversationStore {
  const reads = new Set<string | symbol>(["open", "read", "readDraft", "list"]);
  return new Proxy<ConversationStore>(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (!reads.has(name)) return () => expect.unreachable(`\`${String(name)}\` was called`);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
