import { type ConversationStore } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";
import { gate } from "@antiphon/testing/messages-server";
import { expect, test, vi } from "vitest";
import { AFTER_FIRST_DELTA, FIRST_DELTA, lines, OPEN, openPlace, type Place, PROGRAM, type Running, SECOND_DELTA } from "./place.ts";

/** Starts a reply that stands still behind its first piece. */
async function startHeld(place: Place, args: readonly string[], rest = `${SECOND_DELTA} never comes`): Promise<Running> {
  const held = gate();
  place.server.script({ content: FIRST_DELTA + rest, faults: [{ kind: "hold", gate: held, at: AFTER_FIRST_DELTA }] });
  const running = place.start(args);
  await running.until(FIRST_DELTA);
  return running;
}

test("after kill -9 in the middle of a reply the next process goes on at once, with the message and the part that had come", async () => {
  await using place = await openPlace();
  const killed = await startHeld(place, ["Tell me a story"]);
  await draftHolds(place.database, FIRST_DELTA);
  killed.kill("SIGKILL");
  expect((await killed.ended).signal).toBe("SIGKILL");
  place.server.script("And so on.");
  const next = await place.run(["-c", "go on"]);
  expect(next).toMatchObject({ code: 0, stdout: "And so on.\n" });
  expect(lines(next.stderr)).toEqual([expect.stringContaining("Going on with"), expect.stringContaining("had broken off")]);
  const { messages } = place.bodies().at(-1)!;
  expect(messages.map(({ role, content }) => [role, content[0]!["text"]])).toEqual([
    ["user", "Tell me a story"],
    ["assistant", FIRST_DELTA],
    ["user", "go on"],
  ]);
  expect(place.server.requests.at(-1)!.status).toBe(200);
  expect((await place.run(["show"])).stdout).toContain("[partial: the stream broke off]");
});

test("a part that was recovered by a change of settings is named too", async () => {
  await using place = await openPlace();
  const killed = await startHeld(place, ["Tell me a story"]);
  await draftHolds(place.database, FIRST_DELTA);
  killed.kill("SIGKILL");
  await killed.ended;
  const next = await place.run(["-c", "--max-tokens", "500", "go on"]);
  expect(next.stderr).toContain("had broken off");
  expect(place.bodies().at(-1)!.messages[1]!.content[0]!["text"]).toBe(FIRST_DELTA);
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  test(`${signal} stores what had come, says so, and exits with ${code}`, async () => {
    await using place = await openPlace();
    const running = await startHeld(place, ["Tell me a story"]);
    running.kill(signal);
    const ended = await running.ended;
    expect(ended).toMatchObject({ code, signal: null, stdout: `${FIRST_DELTA}\n` });
    expect(lines(ended.stderr)).toEqual([
      expect.stringMatching(
        /^antiphon: Stopped\. What had come is kept in conversation [0-9a-f]{8}; go on: antiphon -r [0-9a-f]{8} "go on"$/,
      ),
    ]);
    expect(await place.server.requests[0]!.ended).toBe("client-left");
    expect((await place.run(["show"])).stdout).toContain(FIRST_DELTA);
  });
}

test("a signal before the turn ends the program, and nothing is stored", async () => {
  await using place = await openPlace();
  const running = place.start(["hi"], { stdin: OPEN });
  await running.until("nothing came on standard input", "stderr");
  running.kill("SIGTERM");
  expect((await running.ended).code).toBe(143);
  expect(place.server.requests).toHaveLength(0);
});

test("a reader that leaves ends the request, and the program quietly; what had come is kept", async () => {
  await using place = await openPlace();
  const first = gate();
  const second = gate();
  const faults = [
    { kind: "hold", gate: first, at: AFTER_FIRST_DELTA },
    { kind: "hold", gate: second, at: { afterEvents: 8 } },
  ] as const;
  place.server.script({ content: FIRST_DELTA + SECOND_DELTA + " and more of it".repeat(20), faults });
  const running = place.start(["Tell me a story"]);
  await running.until(FIRST_DELTA);
  running.child.stdout!.destroy();
  first.release();
  expect(await running.ended).toMatchObject({ code: 0, signal: null, stderr: "" });
  expect(await place.server.requests[0]!.ended).toBe("client-left");
  expect((await place.run(["show"])).stdout).toContain(FIRST_DELTA);
});

test("a full disk behind stdout is told, and the answer is in the conversation", { skip: process.platform !== "linux" }, async () => {
  await using place = await openPlace();
  place.server.script("Forty-two.");
  const { code, stderr } = await place.run([], { program: ["/bin/sh", "-c", `"${PROGRAM}" "What is it?" > /dev/full`] });
  expect(code).toBe(1);
  expect(lines(stderr)[0]).toMatch(/^antiphon: The answer cannot be written: .*ENOSPC/);
});

/** Settles when the draft in the file holds this text: what a kill from then on must not lose. */
async function draftHolds(path: string, text: string): Promise<void> {
  const store: ConversationStore = await SqliteStore.open(path, { readOnly: true });
  try {
    const { conversations } = await store.list();
    const key = { conversationId: conversations[0]!.id, branchId: conversations[0]!.headBranchId };
    await vi.waitFor(async () => expect((await store.readDraft(key))?.chunks.join("")).toContain(text), { timeout: 20_000, interval: 5 });
  } finally {
    await store.close();
  }
}
