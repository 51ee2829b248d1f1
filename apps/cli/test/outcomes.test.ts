import { expect, test } from "vitest";
import { FIRST_DELTA, lines, openPlace, SECOND_DELTA } from "./place.ts";

const id = "[0-9a-f]{8}";

test("a reply cut off at max_tokens is continued, and reads as one", async () => {
  await using place = await openPlace();
  place.server.script({ content: "One two ", stop_reason: "max_tokens" }, { content: "three ", stop_reason: "max_tokens" }, "four.");
  expect(await place.run(["--max-tokens", "50", "Count"])).toEqual({ code: 0, signal: null, stdout: "One two three four.\n", stderr: "" });
  expect((await place.run(["show"])).stdout).toMatch(/── \[synthetic\] user, not typed by anybody/);
});

test("a reply that is cut off after three continuations too says so; with --strict that is exit code 5", async () => {
  await using place = await openPlace();
  const cut = { content: "More. ", stop_reason: "max_tokens" };
  place.server.script(cut, cut, cut, cut);
  const ended = await place.run(["--max-tokens", "50", "Count"]);
  expect(ended).toMatchObject({ code: 0, stdout: "More. More. More. More. \n" });
  expect(lines(ended.stderr)).toEqual([
    expect.stringMatching(
      new RegExp(
        `cut off at 50 tokens, after 3 continuations\\. What came is kept\\. Give more with --max-tokens, or go on: antiphon -r ${id} "go on"$`,
      ),
    ),
  ]);
  place.server.script(cut, cut, cut, cut);
  expect((await place.run(["--strict", "--max-tokens", "50", "Count"])).code).toBe(5);
  expect(place.server.scripted).toBe(0);
});

test("a refusal is told with its category; with --strict that is exit code 5", async () => {
  await using place = await openPlace();
  const refusal = { content: "", stop_reason: "refusal", stop_details: { type: "refusal", category: "cyber", explanation: "Not this." } };
  place.server.script(refusal, refusal);
  const ended = await place.run(["Something"]);
  expect(ended.code).toBe(0);
  expect(lines(ended.stderr)).toEqual([
    "antiphon: The model refused (cyber): Not this. The refused exchange is kept but not sent again. Ask in other words.",
  ]);
  expect((await place.run(["--strict", "Something"])).code).toBe(5);
});

test("an empty reply says that it is one", async () => {
  await using place = await openPlace();
  place.server.script({ content: [], stop_reason: "end_turn" });
  expect(await place.run(["Hi"])).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("The reply is empty") });
});

test("a stop reason that nobody has heard of is a failure that keeps what came", async () => {
  await using place = await openPlace();
  place.server.script({ content: "Half.", stop_reason: "solar_flare" });
  const ended = await place.run(["Hi"]);
  expect(ended).toMatchObject({ code: 1, stdout: "Half.\n" });
  expect(lines(ended.stderr)).toEqual([expect.stringContaining('for a reason that this version does not know ("solar_flare")')]);
});

test("a full context window says what makes room", async () => {
  await using place = await openPlace();
  place.server.script({ content: "Half.", stop_reason: "model_context_window_exceeded" });
  const ended = await place.run(["Hi"]);
  expect(ended).toMatchObject({
    code: 1,
    stdout: "Half.\n",
    stderr: expect.stringMatching(/fills the model's context window\. What came is kept\. Start a new one: antiphon "/),
  });
});

test("a message that is too long for the model is kept and not sent again, so that the conversation lives on", async () => {
  await using place = await openPlace();
  const tooLong = { error: { status: 400, message: "prompt is too long: 201000 tokens > 200000 maximum" } };
  place.server.script("One.", tooLong, "Three.", tooLong);
  await place.run(["First"]);
  const ended = await place.run(["-c", "Much too long"]);
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(lines(ended.stderr).slice(1)).toEqual([
    expect.stringMatching(/Your message was too long for the model and is not sent again; it is kept \(prompt is too long: 201000 tokens/),
  ]);
  expect((await place.run(["-c", "Short"])).stdout).toBe("Three.\n");
  expect(JSON.stringify(place.bodies().at(-1)!.messages)).not.toContain("Much too long");
  // The same words again are asked again: what was left out is not waiting for an answer.
  await place.run(["-c", "Much too long"]);
  expect(JSON.stringify(place.bodies().at(-1)!.messages)).toContain("Much too long");
});

test("a stream that breaks off keeps what had come, prints it, and says so", async () => {
  await using place = await openPlace();
  place.server.script({ content: FIRST_DELTA + SECOND_DELTA, faults: [{ kind: "cut", at: { afterEvents: 4 } }] });
  const ended = await place.run(["Hi"]);
  expect(ended).toMatchObject({ code: 1, stdout: `${FIRST_DELTA}\n` });
  expect(lines(ended.stderr)).toEqual([
    expect.stringMatching(
      new RegExp(`^antiphon: The reply broke off: the connection was lost: .*What had come is kept in conversation ${id}; go on`),
    ),
  ]);
  place.server.script("On.");
  expect(await place.run(["-c", "go on"])).toMatchObject({ code: 0, stdout: "On.\n" });
  expect(place.bodies().at(-1)!.messages[1]!.content[0]!["text"]).toBe(FIRST_DELTA);
});

test("an overload in the middle of a reply is told as one", async () => {
  await using place = await openPlace();
  place.server.script({ content: FIRST_DELTA + SECOND_DELTA, faults: [{ kind: "error-event", at: { afterEvents: 4 } }] });
  const ended = await place.run(["Hi"]);
  expect(ended).toMatchObject({
    code: 1,
    stdout: `${FIRST_DELTA}\n`,
    stderr: expect.stringMatching(/broke off: the API failed: Overloaded\. What had/),
  });
});

test("a tool that nobody offered is answered as such, and the turn goes on", async () => {
  await using place = await openPlace();
  place.server.script({ content: [{ type: "tool_use", name: "weather", input: {} }] }, "No weather then.");
  expect(await place.run(["Weather?"])).toMatchObject({ code: 0, stdout: "No weather then.\n" });
  const { stdout } = await place.run(["show"]);
  expect(stdout).toContain("[tool call] weather {}");
  expect(stdout).toContain("── [tool result] ·");
});

for (const [status, line] of [
  [400, /The API refused the request \(400 invalid_request_error\): no luck\. Your message is kept/],
  [403, /The key may not do this: no luck\./],
  [429, /Too many requests: no luck\. Wait a little and try again\. Your message is kept/],
  [500, /The API failed \(500\): no luck\. Try again later/],
] as const) {
  test(`an answer of ${status} is one line with what to do`, async () => {
    await using place = await openPlace();
    const reply = { error: { status, message: "no luck" }, headers: { "x-should-retry": "false" } };
    place.server.script(reply);
    const ended = await place.run(["Hi"]);
    expect(ended).toMatchObject({ code: status === 403 ? 4 : 1, stdout: "" });
    expect(lines(ended.stderr)).toEqual([expect.stringMatching(line)]);
  });
}
