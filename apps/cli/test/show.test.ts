import { expect, test } from "vitest";
import { hasTerminal, lines, ON_A_TERMINAL, openPlace, PROGRAM } from "./place.ts";

test("ls lists id, when and first words, the last used first", async () => {
  await using place = await openPlace();
  place.server.script("1", "2", "3");
  await place.run(["The first\none,\tover lines"]);
  await place.run(["The second one"]);
  const rows = lines((await place.run(["ls"])).stdout).map((row) => row.split("\t"));
  expect(rows).toEqual([
    [expect.stringMatching(/^[0-9a-f]{8}$/), expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/), "The second one"],
    [expect.stringMatching(/^[0-9a-f]{8}$/), expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/), "The first one, over lines"],
  ]);
  await place.run(["-r", rows[1]![0]!, "again"]);
  const one = await place.run(["ls", "--limit", "1"]);
  expect(lines(one.stdout)).toEqual([expect.stringContaining("The first one")]);
  expect(one.stderr).toContain("There are more");
});

test("show prints the whole path, with a mark for everything that nobody typed and the model did not say", async () => {
  await using place = await openPlace();
  place.server.script({ content: "Half of ", stop_reason: "max_tokens" }, "the answer.");
  await place.run(["-s", "Be brief.", "Question?"]);
  const { stdout } = await place.run(["show"]);
  const headings = lines(stdout)
    .filter((line) => line.startsWith("──"))
    .map((line) => line.replace(/ · \d{4}-.*$/, ""));
  expect(headings).toEqual([
    "── settings",
    "── you",
    "── claude-sonnet-5-5 · max_tokens (cut off)",
    "── [synthetic] user, not typed by anybody",
    "── claude-sonnet-5-5 · end_turn",
  ]);
  expect(stdout).toContain("system: Be brief.");
});

test("show marks a system prompt that the model was told in a message", async () => {
  await using place = await openPlace();
  place.server.script("1", "2");
  await place.run(["-s", "Be brief.", "Question?"]);
  const changed = await place.run(["-c", "-s", "Be kind.", "And?"]);
  expect(changed.stderr).not.toContain("cost");
  expect((await place.run(["show"])).stdout).toMatch(/── \[synthetic\] the system prompt from here on · .*\nBe kind\./);
});

test("show says what a refusal left out", async () => {
  await using place = await openPlace();
  place.server.script({ content: "", stop_reason: "refusal" });
  await place.run(["Something"]);
  expect((await place.run(["show"])).stdout).toMatch(/── \[left-out\] not sent any more.*\nrefusal: /);
});

test("show --json gives the stored entries, one a line", async () => {
  await using place = await openPlace();
  place.server.script("ok");
  await place.run(["Hi"]);
  const entries = lines((await place.run(["show", "--json"])).stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(entries.map(({ kind, origin }) => origin ?? kind)).toEqual(["settings", "human", "model"]);
});

test("looking leaves nothing behind: ls makes no file", async () => {
  await using place = await openPlace();
  await place.run(["ls"]);
  await place.run(["show"]);
  const { existsSync } = await import("node:fs");
  expect(existsSync(place.database)).toBe(false);
});

if (!hasTerminal) console.warn("SKIPPED: no util-linux `script` here, so show was not tried on a terminal");

test.skipIf(!hasTerminal)(
  "on a terminal show has its headings in colour, shows the codes of others, and lets no text turn its direction",
  async () => {
    await using place = await openPlace();
    place.server.script("a \x1b[31mred\x1b[0m \u202egnp.exe\u202c \u{e0041} 👩‍👩‍👧");
    await place.run(["Hi"]);
    for (const [args, env, colour] of [
      ["show", {}, true],
      ["show --no-color", {}, false],
      ["show", { NO_COLOR: "1" }, false],
    ] as const) {
      const ended = await place.run([`"${PROGRAM}" ${args}`, "/dev/null"], { program: ON_A_TERMINAL, env });
      const stdout = ended.stdout.replaceAll("\x1b", "ESC");
      expect(stdout).toContain("a ␛[31mred␛[0m gnp.exe  👩‍👩‍👧\r\n");
      expect(stdout).not.toMatch(/␛\[(1|2|22)m/);
      if (colour) expect(stdout).toMatch(/^ESC\[1mconversation [0-9a-f-]+ESC\[22m\r\n[^]*ESC\[2m── you · .*ESC\[22m\r\n/);
      else expect(stdout).not.toContain("ESC");
    }
  },
);
