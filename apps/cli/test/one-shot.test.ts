import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gate } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { AFTER_FIRST_DELTA, FIRST_DELTA, hasTerminal, lines, ON_A_TERMINAL, OPEN, openPlace, PROGRAM, SECOND_DELTA } from "./place.ts";

const lastText = (
  bodies: readonly { readonly messages: readonly { readonly content: readonly Readonly<Record<string, unknown>>[] }[] }[],
): unknown => bodies.at(-1)!.messages.at(-1)!.content.at(-1)!["text"];

test("the answer is all of stdout, ends with a line break, and stderr is silent", async () => {
  await using place = await openPlace();
  place.server.script("Forty-two.");
  expect(await place.run(["What is it?"])).toEqual({ code: 0, signal: null, stdout: "Forty-two.\n", stderr: "" });
  expect(lastText(place.bodies())).toBe("What is it?");
});

test("an answer that ends with a line break gets no second one", async () => {
  await using place = await openPlace();
  place.server.script("Line.\n");
  expect((await place.run(["x"])).stdout).toBe("Line.\n");
});

test("a word is on stdout while the next has not been said", async () => {
  await using place = await openPlace();
  const held = gate();
  place.server.script({ content: FIRST_DELTA + SECOND_DELTA, faults: [{ kind: "hold", gate: held, at: AFTER_FIRST_DELTA }] });
  const running = place.start(["Go"]);
  await running.until(FIRST_DELTA);
  expect(running.stdout).toBe(FIRST_DELTA);
  held.release();
  expect((await running.ended).stdout).toBe(`${FIRST_DELTA}${SECOND_DELTA}\n`);
});

test("what is piped in is the question", async () => {
  await using place = await openPlace();
  place.server.script("ok");
  await place.run([], { stdin: "What does enumerate do?\n" });
  expect(lastText(place.bodies())).toBe("What does enumerate do?");
});

test("what is piped in goes before the prompt, with a blank line between and its leading space kept", async () => {
  await using place = await openPlace();
  place.server.script("ok");
  await place.run(["Review", "this"], { stdin: "\n  def f():\n    pass\n\n" });
  expect(lastText(place.bodies())).toBe("\n  def f():\n    pass\n\nReview this");
});

test("a standard input that nobody writes to does not hold up a prompt", async () => {
  await using place = await openPlace();
  place.server.script("Answered.");
  const { code, stdout, stderr } = await place.run(["Hello"], { stdin: OPEN });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "Answered.\n" });
  expect(lines(stderr)).toEqual([expect.stringContaining("nothing came on standard input")]);
});

// Only here can the program see who holds the other end of a pipe.
const seesWriters = { skip: process.platform !== "linux" };

test("a pipe that the caller holds open and writes nothing to does not hold up a prompt either", seesWriters, async () => {
  await using place = await openPlace();
  place.server.script("Answered.");
  // What is open for reading and writing never ends, and nobody but the shell above the program holds it.
  const pipe = join(place.home, "pipe");
  const shell = `mkfifo "${pipe}"; exec 3<>"${pipe}"; "${PROGRAM}" Hello <&3 3>&-; echo "ended $?"`;
  const { stdout, stderr } = await place.run(["-c", shell], { program: ["/bin/sh"] });
  expect(stdout).toBe("Answered.\nended 0\n");
  expect(stderr).toContain("nothing came on standard input");
});

test("what a slow program pipes is waited for as long as that program runs", seesWriters, async () => {
  await using place = await openPlace();
  place.server.script("Answered.");
  // It writes when the program has said that it waits.
  const pipe = join(place.home, "pipe");
  const shell = `mkfifo "${pipe}"; (read line < "${pipe}"; echo "$line") | "${PROGRAM}" "And this?"`;
  const running = place.start(["-c", shell], { program: ["/bin/sh"] });
  await running.until("Waiting for standard input", "stderr");
  writeFileSync(pipe, "Slowly\n");
  expect(await running.ended).toMatchObject({ code: 0, stdout: "Answered.\n" });
  expect(lastText(place.bodies())).toBe("Slowly\n\nAnd this?");
});

test("a slow program that ends without a word is no part of the question", async () => {
  await using place = await openPlace();
  place.server.script("Answered.");
  const { stdout } = await place.run(["-c", `sleep 0.3 | "${PROGRAM}" "And this?"`], { program: ["/bin/sh"] });
  expect(stdout).toBe("Answered.\n");
  expect(lastText(place.bodies())).toBe("And this?");
});

test.skipIf(!hasTerminal)("-p asks once on a terminal too, and needs a prompt", async () => {
  await using place = await openPlace();
  place.server.script("Answered.", "Again.");
  const onTerminal = (args: string) => place.run([`"${PROGRAM}" ${args}`, "/dev/null"], { program: ON_A_TERMINAL });
  const none = await onTerminal("-p");
  expect(none.code).toBe(2);
  expect(none.stdout).toContain("-p needs a prompt on a terminal. Ask something: antiphon -p ");
  expect(await onTerminal("-p Hello")).toMatchObject({ code: 0, stdout: "Answered.\r\n" });
  expect(await onTerminal("--print ls")).toMatchObject({ code: 0, stdout: "Again.\r\n" });
  expect(lastText(place.bodies())).toBe("ls");
});

test("-p takes its prompt from a pipe, and what follows it is the question", async () => {
  await using place = await openPlace();
  place.server.script("ok", "ok", "ok");
  await place.run(["-p"], { stdin: "Piped." });
  expect(lastText(place.bodies())).toBe("Piped.");
  await place.run(["-p", "-m", "claude-haiku-4-5", "show", "me"]);
  expect(lastText(place.bodies())).toBe("show me");
  await place.run(["ask", "-p", "Hi"]);
  expect(lastText(place.bodies())).toBe("Hi");
});

test("a first word that is a command is a question behind ask, behind --, and in quotes", async () => {
  await using place = await openPlace();
  for (const args of [["ask", "ls"], ["--", "ls"], ["-m", "claude-haiku-4-5", "--", "ls"], ["ls the files"], ["--", "-5 + 3?"]]) {
    place.server.script("ok");
    expect(await place.run(args), args.join(" ")).toMatchObject({ code: 0, stdout: "ok\n" });
    expect(lastText(place.bodies())).toBe(args.at(-1));
  }
});

test("model, system prompt and max tokens are sent as they were given", async () => {
  await using place = await openPlace();
  place.server.script("ok", "ok", "ok");
  await place.run(["-m", "claude-haiku-4-5", "-s", "Be brief.", "--max-tokens", "99", "x"]);
  expect(place.bodies().at(-1)).toMatchObject({ model: "claude-haiku-4-5", max_tokens: 99 });
  expect(JSON.stringify(place.bodies().at(-1)!.system)).toContain("Be brief.");
  writeFileSync(join(place.home, "system.md"), "From a file.\n");
  await place.run(["ask", "--system", "@system.md", "x"], { cwd: place.home });
  expect(JSON.stringify(place.bodies().at(-1)!.system)).toContain('"From a file."');
  await place.run(["-s", "@@home", "x"]);
  expect(JSON.stringify(place.bodies().at(-1)!.system)).toContain('"@home"');
});

test("what the SDK logs never reaches stdout", async () => {
  await using place = await openPlace();
  place.server.script("Only this.");
  const { stdout, stderr } = await place.run(["x"], { env: { ANTHROPIC_LOG: "debug" } });
  expect(stdout).toBe("Only this.\n");
  expect(stderr).toContain("/v1/messages");
});

test("without ANTIPHON_DB conversations are in the XDG data directory, with it where it says", async () => {
  await using place = await openPlace();
  place.server.script("ok", "ok", "ok");
  await place.run(["in XDG_DATA_HOME"]);
  await place.run(["in the default"], { env: { XDG_DATA_HOME: undefined } });
  await place.run(["named"], { env: { ANTIPHON_DB: join(place.home, "named.db") } });
  const listed = async (path: string): Promise<string> => (await place.run(["ls"], { env: { ANTIPHON_DB: path } })).stdout;
  expect(await listed(place.database)).toMatch(/\tin XDG_DATA_HOME\n$/);
  expect(await listed(join(place.home, ".local", "share", "antiphon", "conversations.db"))).toMatch(/\tin the default\n$/);
  expect(await listed(join(place.home, "named.db"))).toMatch(/\tnamed\n$/);
});
