import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gate } from "@antiphon/testing/messages-server";
import { describe, expect, test } from "vitest";
import {
  AFTER_FIRST_DELTA,
  FIRST_DELTA,
  hasTerminal,
  ON_A_TERMINAL,
  OPEN,
  openPlace,
  type Place,
  PROGRAM,
  type Running,
  SECOND_DELTA,
} from "./place.ts";

if (!hasTerminal) console.warn("SKIPPED: no util-linux `script` here, so the chat was not tried on a terminal");

const READY = "/help says more.";
const CTRL_C = "\x03";
const CTRL_D = "\x04";

async function openChat(place: Place, args = ""): Promise<Running> {
  const running = place.start([`"${PROGRAM}" ${args}`, "/dev/null"], { program: ON_A_TERMINAL, stdin: OPEN });
  await running.until(READY);
  await running.until("\x1b[?2004h");
  return running;
}

/** Waits for what comes on the screen from here on. */
async function next(running: Running, text: string): Promise<void> {
  await running.until(text);
  running.stdout = running.stdout.slice(running.stdout.indexOf(text) + text.length);
}

const texts = (place: Place): readonly unknown[] =>
  place
    .bodies()
    .at(-1)!
    .messages.map(({ content }) => content.map((block) => block["text"]).join("|"));

describe.skipIf(!hasTerminal)("the chat, on a terminal", () => {
  test("talks, keeps the conversation, and gives the terminal back", async () => {
    await using place = await openPlace();
    place.server.script("Hello Ada.", "Ada.");
    const chat = await openChat(place);
    chat.write("My name is Ada\r");
    await next(chat, "Hello Ada.");
    chat.write("Who am I?\r");
    await next(chat, "Ada.");
    expect(texts(place)).toEqual(["My name is Ada", "Hello Ada.", "Who am I?"]);
    chat.write(CTRL_D);
    const { code, stdout } = await chat.ended;
    expect(code).toBe(0);
    expect(stdout).toContain("The conversation is kept: antiphon -r ");
    expect(stdout).toContain("\x1b[?2004l");
    place.server.script("Still Ada.");
    expect((await place.run(["-c", "And now?"])).stdout).toBe("Still Ada.\n");
    expect(texts(place)).toHaveLength(5);
    // What models accept is asked for once in a chat, and not for a single question.
    expect(place.server.requests.filter(({ path }) => path.startsWith("/v1/models"))).toHaveLength(1);
  });

  test("a pasted block of many lines is one message", async () => {
    await using place = await openPlace();
    place.server.script("Seen.");
    const chat = await openChat(place);
    chat.write("Look: \x1b[200~one\rtwo\rthree\r\x1b[201~");
    await next(chat, "[Pasted text #1 +3 lines]");
    chat.write("\r");
    await next(chat, "Seen.");
    expect(texts(place)).toEqual(["Look: one\ntwo\nthree"]);
  });

  test("Ctrl-C stops a reply, keeps the part, says so, and the chat goes on", async () => {
    await using place = await openPlace();
    const held = gate();
    place.server.script(
      { content: `${FIRST_DELTA}${SECOND_DELTA} never comes`, faults: [{ kind: "hold", gate: held, at: AFTER_FIRST_DELTA }] },
      "Going on.",
    );
    const chat = await openChat(place);
    chat.write("A story\r");
    await next(chat, FIRST_DELTA);
    chat.write(CTRL_C);
    await next(chat, "Stopped. What had come is kept");
    expect(await place.server.requests.find(({ path }) => path.startsWith("/v1/messages"))!.ended).toBe("client-left");
    chat.write("go on\r");
    await next(chat, "Going on.");
    expect(texts(place)).toEqual(["A story", FIRST_DELTA, "go on"]);
  });

  test("what is typed while a reply streams is sent behind it", async () => {
    await using place = await openPlace();
    const held = gate();
    place.server.script(
      { content: `${FIRST_DELTA}${SECOND_DELTA}.`, faults: [{ kind: "hold", gate: held, at: AFTER_FIRST_DELTA }] },
      "Second.",
    );
    const chat = await openChat(place);
    chat.write("One\r");
    await next(chat, FIRST_DELTA);
    chat.write("Two\r");
    held.release();
    await next(chat, "Second.");
    expect(texts(place).at(-1)).toBe("Two");
  });

  test("Ctrl-C clears what was typed; on an empty line it asks once, then leaves with 130", async () => {
    await using place = await openPlace();
    const chat = await openChat(place);
    chat.write("half a thought");
    await next(chat, "half a thought");
    chat.write(CTRL_C);
    chat.write(CTRL_C);
    await next(chat, "Ctrl-C once more leaves");
    chat.write(CTRL_C);
    expect((await chat.ended).code).toBe(130);
    expect(place.server.requests).toHaveLength(0);
    // Nothing was said, so nothing is there.
    expect((await place.run(["ls"])).stdout).toBe("");
  });

  test("an unknown word is an error, two slashes are text, /new begins another conversation, /exit leaves", async () => {
    await using place = await openPlace();
    place.server.script("One.", "Two.");
    const chat = await openChat(place);
    chat.write("/frobnicate\r");
    await next(chat, "/frobnicate is no word of the chat");
    chat.write("/exit now\r");
    await next(chat, "/exit stands alone: leave out what follows it. To send the line as text, put another / before it.");
    expect(place.server.requests).toHaveLength(0);
    chat.write("//new is a word\r");
    await next(chat, "One.");
    expect(texts(place)).toEqual(["/new is a word"]);
    chat.write("/new\r");
    await next(chat, "A new conversation begins");
    chat.write("Another\r");
    await next(chat, "Two.");
    expect(texts(place)).toEqual(["Another"]);
    chat.write("/exit\r");
    expect((await chat.ended).code).toBe(0);
  });

  test("a message whose request fails is kept, and the chat goes on", async () => {
    await using place = await openPlace();
    place.server.script({ error: { status: 400, message: "no luck" } }, "Luck.");
    const chat = await openChat(place);
    chat.write("Hello\r");
    await next(chat, "no luck");
    chat.write("Again\r");
    await next(chat, "Luck.");
    expect(texts(place)).toEqual(["Hello|Again"]);
  });

  test("a message that another process came before is the draft again, below what was said there", async () => {
    await using place = await openPlace();
    place.server.script("One.", "From elsewhere.", "Now.");
    const chat = await openChat(place);
    chat.write("Hello\r");
    await next(chat, "One.");
    await place.run(["-c", "Meanwhile"]);
    chat.write("Mine\r");
    await next(chat, "Another process went on");
    await next(chat, "From elsewhere.");
    await next(chat, "> Mine");
    chat.write("\r");
    await next(chat, "Now.");
    expect(texts(place)).toEqual(["Hello", "One.", "Meanwhile", "From elsewhere.", "Mine"]);
  });

  test("-c takes up the last conversation and shows where it stood", async () => {
    await using place = await openPlace();
    place.server.script("Hello Ada.", "You are she.");
    await place.run(["My name is Ada"]);
    const chat = await openChat(place, "-c");
    expect(chat.stdout).toMatch(/Going on with [0-9a-f]{8}: My name is Ada[\s\S]*── you[\s\S]*Hello Ada\./);
    chat.write("Who am I?\r");
    await next(chat, "You are she.");
    expect(texts(place)).toHaveLength(3);
  });

  test("-c has its headings in colour, and shows the codes of others", async () => {
    await using place = await openPlace();
    place.server.script("Hello \x1b[31mAda\x1b[0m.");
    await place.run(["My name is Ada"]);
    const chat = await openChat(place, "-c");
    expect(chat.stdout.replaceAll("\x1b", "ESC")).toMatch(/ESC\[2m── you · .*ESC\[22m\r\n/);
    expect(chat.stdout).toContain("Hello ␛[31mAda␛[0m.");
    expect(chat.stdout).not.toMatch(/␛\[2m|␛\[22m/);
  });

  test("thinking that the API does not show is not spoken of in the chat; show has it, dim", async () => {
    await using place = await openPlace();
    place.server.script({
      content: [
        { type: "thinking", thinking: "", signature: "c2lnbmF0dXJl" },
        { type: "text", text: "So." },
      ],
    });
    await place.run(["Why?"]);
    const chat = await openChat(place, "-c");
    expect(chat.stdout).toContain("So.");
    expect(chat.stdout).not.toContain("[thinking");
    expect((await place.run(["show"])).stdout).toMatch(/\n\[thinking, not shown by the API\]\nSo\.\n/);
    const { stdout } = await place.run([`"${PROGRAM}" show`, "/dev/null"], { program: ON_A_TERMINAL });
    expect(stdout).toContain("\x1b[2m[thinking, not shown by the API]\x1b[22m\r\nSo.\r\n");
  });

  test("SIGTERM stores the part, gives the terminal back, and exits with 143", async () => {
    await using place = await openPlace();
    const held = gate();
    place.server.script({ content: `${FIRST_DELTA}${SECOND_DELTA}`, faults: [{ kind: "hold", gate: held, at: AFTER_FIRST_DELTA }] });
    const pidFile = join(place.home, "pid");
    const chat = place.start([`echo $$ > "${pidFile}"; exec "${PROGRAM}"`, "/dev/null"], { program: ON_A_TERMINAL, stdin: OPEN });
    await next(chat, "\x1b[?2004h");
    chat.write("A story\r");
    await next(chat, FIRST_DELTA);
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGTERM");
    const { code, stdout } = await chat.ended;
    expect(code).toBe(143);
    expect(stdout).toContain("\x1b[?2004l");
    expect((await place.run(["show"])).stdout).toContain(FIRST_DELTA);
  });

  test("a terminal that knows no escape sequences gets none", async () => {
    await using place = await openPlace();
    place.server.script("Plain.");
    const chat = place.start([`"${PROGRAM}"`, "/dev/null"], { program: ON_A_TERMINAL, stdin: OPEN, env: { TERM: "dumb" } });
    await chat.until(READY);
    await chat.until("> ");
    chat.write("Hello\n");
    await chat.until("Plain.");
    chat.write("/exit\n");
    const { code, stdout } = await chat.ended;
    expect(code).toBe(0);
    expect(stdout).not.toContain("\x1b");
    expect(texts(place)).toEqual(["Hello"]);
  });
});
