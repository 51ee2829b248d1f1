import { gate } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { AFTER_FIRST_DELTA, FIRST_DELTA, lines, openPlace, SECOND_DELTA } from "./place.ts";

/** Long enough for any model's cache. */
const SYSTEM = "You keep a ledger of everything that you are told, and quote it word for word when you are asked. ".repeat(80);

const unmarked = (messages: unknown): unknown =>
  JSON.parse(JSON.stringify(messages), (key, value: unknown) => (key === "cache_control" ? undefined : value));

test("a new process goes on where the last one was: the first request's messages, byte for byte, and two more, read from the cache", async () => {
  await using place = await openPlace();
  const first = await place.run(["-s", SYSTEM, "My name is Ada"]);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  const second = await place.run(["-c", "--json", "What did I say first?"]);
  expect(second.code).toBe(0);
  const { text, usage } = JSON.parse(lines(second.stdout).at(-1)!) as { text: string; usage: Record<string, number> };
  expect(text).toContain('"My name is Ada"');
  expect(usage["cache_read_input_tokens"]).toBeGreaterThan(1024);
  const [before, after] = place.bodies();
  expect(after!.messages).toHaveLength(before!.messages.length + 2);
  expect(JSON.stringify(unmarked(after!.messages.slice(0, before!.messages.length)))).toBe(JSON.stringify(unmarked(before!.messages)));
  expect(JSON.stringify(after!.system)).toBe(JSON.stringify(before!.system));
});

test("-c means the conversation last used, not the last made, and names it on stderr", async () => {
  await using place = await openPlace();
  place.server.script("1", "2", "3", "4");
  await place.run(["The older one"]);
  const [older] = (await place.run(["ls"])).stdout.split("\t");
  await place.run(["The newer one"]);
  await place.run(["-r", older!, "used again"]);
  const { stderr } = await place.run(["-c", "and again"]);
  expect(lines(stderr)).toEqual([`antiphon: Going on with ${older}: The older one`]);
  expect(
    place
      .bodies()
      .at(-1)!
      .messages.map(({ content }) => content[0]!["text"]),
  ).toEqual(["The older one", "1", "used again", "3", "and again"]);
});

test("the beginning of an id is enough for -r and show, in either case", async () => {
  await using place = await openPlace();
  place.server.script("1", "2");
  await place.run(["Hello"]);
  const [id] = (await place.run(["ls"])).stdout.split("\t");
  expect(await place.run(["-r", id!.slice(0, 4).toUpperCase(), "Again"])).toMatchObject({ code: 0, stdout: "2\n" });
  expect((await place.run(["show", id!.slice(0, 4)])).stdout).toContain("Again");
});

test("only what was said out loud changes a conversation, and what that cost is told", async () => {
  await using place = await openPlace();
  await place.run(["-m", "claude-sonnet-4-6", "-s", SYSTEM, "--max-tokens", "77", "My name is Ada"]);
  const quiet = await place.run(["-c", "Who am I?"]);
  expect(place.bodies().at(-1)).toMatchObject({ model: "claude-sonnet-4-6", max_tokens: 77, system: place.bodies()[0]!.system });
  expect(lines(quiet.stderr)).toHaveLength(1);
  const changed = await place.run(["-c", "-s", "Be brief.", "Who am I?"]);
  expect(changed.stderr).toMatch(/The change of system cost \d+ cached tokens/);
  expect(place.bodies().at(-1)).toMatchObject({ model: "claude-sonnet-4-6", max_tokens: 77 });
  expect(JSON.stringify(place.bodies().at(-1)!.system)).toContain("Be brief.");
  const removed = await place.run(["-c", "-s", "", "Who am I?"]);
  expect(removed.code).toBe(0);
  expect(place.bodies().at(-1)!.system).toBeUndefined();
});

test("a conversation in which another process runs a turn is busy: one line, and nothing is stored", async () => {
  await using place = await openPlace();
  const held = gate();
  place.server.script({ content: FIRST_DELTA + SECOND_DELTA, faults: [{ kind: "hold", gate: held, at: AFTER_FIRST_DELTA }] });
  const running = place.start(["A story"]);
  await running.until(FIRST_DELTA);
  for (const args of [
    ["-c", "Me too"],
    ["-c", "--max-tokens", "9", "Me too"],
  ]) {
    const { code, stdout, stderr } = await place.run(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(lines(stderr)).toEqual([
      expect.stringContaining("Going on with"),
      expect.stringMatching(
        /^antiphon: A turn is running in conversation [0-9a-f]{8}\. Nothing was stored\. Wait for it to end, then ask again\.$/,
      ),
    ]);
  }
  held.release();
  expect((await running.ended).code).toBe(0);
  expect((await place.run(["show"])).stdout).not.toContain("Me too");
});

test("a question that was kept unanswered, asked again, is sent once", async () => {
  await using place = await openPlace();
  place.server.script({ error: { status: 400, message: "no luck" } }, "Now.", "Other.");
  const failed = await place.run(["Are you there?"]);
  expect(failed.code).toBe(1);
  expect(await place.run(["-c", "Are you there?"])).toMatchObject({ code: 0, stdout: "Now.\n" });
  expect(place.bodies().at(-1)!.messages).toHaveLength(1);
  expect(place.bodies().at(-1)!.messages[0]!.content).toHaveLength(1);
});

test("a question that was kept unanswered goes with the next one", async () => {
  await using place = await openPlace();
  place.server.script({ error: { status: 400, message: "no luck" } }, "Now.");
  await place.run(["Are you there?"]);
  await place.run(["-c", "Please answer."]);
  expect(
    place
      .bodies()
      .at(-1)!
      .messages.map(({ content }) => content.map((block) => block["text"])),
  ).toEqual([["Are you there?", "Please answer."]]);
});
