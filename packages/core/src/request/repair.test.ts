import { describe, expect, test } from "vitest";
import {
  answer,
  boundary,
  call,
  human,
  KEY,
  made,
  pathOf,
  reply,
  result,
  says,
  sequence,
  serverCall,
  settings,
  toolStart,
} from "../../test/builders.ts";
import type { EntryBody } from "../conversation/entry.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { project } from "./project.ts";

const asks = (...ids: string[]) =>
  reply(
    ids.map((id) => call(id)),
    { stopReason: "tool_use" },
  );
const projected = (...bodies: EntryBody[]) => project(pathOf(settings(), ...bodies), { hashKey: KEY });
const sent = (...bodies: EntryBody[]) => sequence(projected(...bodies).body.messages);
const say = (role: string, block: ContentBlock) => `${role} ${JSON.stringify(block)}`;

const NO_RESULT =
  "The tool call has no result here. It may have been run elsewhere, so it may have taken effect. Check before you repeat it.";
const INTERRUPTED = "The tool call was interrupted. It had started, so it may have taken effect. Check before you repeat it.";
const madeUp = (id: string, content: string): ContentBlock => ({ type: "tool_result", tool_use_id: id, is_error: true, content });

describe("a call without a result", () => {
  test("is answered as without a result where its start was not stored, since it may have been run elsewhere", () => {
    expect(projected(asks("t1"), human("go on")).repairs).toEqual([madeUp("t1", NO_RESULT)]);
  });

  test("is answered as interrupted where its start was stored", () => {
    expect(projected(asks("t1"), toolStart("t1"), human("go on")).repairs).toEqual([madeUp("t1", INTERRUPTED)]);
  });

  test("is not taken for started because an earlier call of the same id was", () => {
    expect(projected(asks("call_0"), toolStart("call_0"), answer("call_0"), asks("call_0")).repairs).toEqual([madeUp("call_0", NO_RESULT)]);
  });

  test("has its result in front of what the person said since", () => {
    expect(sent(asks("t1"), human("go on"))).toEqual([
      say("assistant", call("t1")),
      say("user", madeUp("t1", NO_RESULT)),
      say("user", says("go on")),
    ]);
  });
});

test("results made up for two calls of one id find their own calls again once they are stored", () => {
  const bodies = [asks("call_0"), toolStart("call_0"), human("never mind"), asks("call_0"), human("go on")];
  const first = projected(...bodies);
  expect(first.repairs).toEqual([madeUp("call_0", NO_RESULT), madeUp("call_0", INTERRUPTED)]);
  expect(sent(...bodies, made("user", ...first.repairs))).toEqual(sequence(first.body.messages));
});

describe("a result", () => {
  test("of a call that has one already is told as text, and the first one counts", () => {
    expect(sent(asks("t1"), answer("t1", "one"), answer("t1", "two"))).toEqual([
      say("assistant", call("t1")),
      say("user", result("t1", "one")),
      say("user", says("[A late result of the tool call t1: two]")),
    ]);
  });

  test("without a call is told as text, whatever it holds", () => {
    const image = { type: "image", source: { type: "url", url: "https://example.com/a.png" } };
    expect(sent(human("hi"), answer("t9", "words"), answer("t8", [says("a"), image, says("b")]), answer("t7", [image]))).toEqual([
      say("user", says("hi")),
      say("user", says("[A late result of the tool call t9: words]")),
      say("user", says("[A late result of the tool call t8: ab]")),
      say("user", says("[A late result of the tool call t7: (no text)]")),
    ]);
  });

  test("that came after another exchange stands behind its call all the same", () => {
    expect(sent(asks("t1"), human("?"), reply(["so"]), answer("t1"))).toEqual([
      say("assistant", call("t1")),
      say("user", result("t1")),
      say("user", says("?")),
      say("assistant", says("so")),
    ]);
  });

  test("belongs to the call of its own round where a server counts its ids anew in each", () => {
    const { body, repairs } = projected(asks("call_0"), answer("call_0", "one"), asks("call_0"), answer("call_0", "two"));
    expect(repairs).toEqual([]);
    expect(body.messages.map(({ content }) => content[0]?.content)).toEqual([undefined, "one", undefined, "two"]);
  });

  test("made up for one of two calls of one id leaves the other its own", () => {
    const { body } = projected(asks("call_0"), human("never mind"), asks("call_0"), answer("call_0", "mine"));
    expect(sequence(body.messages)).toContain(say("user", result("call_0", "mine")));
    expect(sequence(body.messages).at(-1)).toBe(say("user", result("call_0", "mine")));
  });

  test("stands in front of a system message that was said before it came", () => {
    expect(sent(human("hi"), asks("t1"), made("system", "Be kind."), answer("t1"))).toEqual([
      say("user", says("hi")),
      say("assistant", call("t1")),
      say("user", result("t1")),
      say("system", says("Be kind.")),
    ]);
  });

  test("that is cleared does not clear that of a later call with the same id", () => {
    const cleared = boundary({ type: "clear", toolUseIds: ["call_0"] });
    const { body } = projected(asks("call_0"), answer("call_0", "one"), cleared, asks("call_0"), answer("call_0", "two"));
    expect(body.messages.map(({ content }) => content[0]?.content)).toEqual([
      undefined,
      "[This result is not sent any more.]",
      undefined,
      "two",
    ]);
  });
});

describe("an assistant message that would end in text behind a call", () => {
  test("gets the results between", () => {
    expect(sent(asks("t1"), made("assistant", "meanwhile"), answer("t1"))).toEqual([
      say("assistant", call("t1")),
      say("user", result("t1")),
      say("assistant", says("meanwhile")),
    ]);
  });

  test("gets them between within one entry too", () => {
    expect(sent(made("assistant", "let me look", call("t1"), "so it is"), human("ok"))).toEqual([
      say("assistant", says("let me look")),
      say("assistant", call("t1")),
      say("user", madeUp("t1", NO_RESULT)),
      say("assistant", says("so it is")),
      say("user", says("ok")),
    ]);
  });

  test("stays as it came where it ends in a call", () => {
    const content = [says("both"), call("t1"), says("and"), call("t2")];
    expect(projected(reply(content, { stopReason: "tool_use" }), answer("t1"), answer("t2")).body.messages[0]?.content).toEqual([
      ...content,
    ]);
  });
});

describe("a server tool call that waits", () => {
  const waiting = reply([serverCall("s1"), call("t1")], { stopReason: "tool_use" });

  test("is sent while nothing but results follow", () => {
    const { body, superseded } = projected(human("hi"), waiting, answer("t1"));
    expect(superseded).toEqual([]);
    expect(body.messages[1]?.content).toContainEqual(serverCall("s1"));
  });

  test("is not sent once a second result of a call is told as text behind it", () => {
    const { body, superseded } = projected(human("hi"), waiting, answer("t1"), answer("t1", "again"));
    expect(superseded).toEqual([{ entryId: "e3", content: [call("t1")], thinkingBlocks: 0 }]);
    expect(body.messages[1]?.content).toEqual([call("t1")]);
  });

  test("is left out once, however often somebody speaks", () => {
    expect(projected(reply([serverCall("s1"), "so"]), human("one"), reply(["a"]), human("two")).superseded).toEqual([
      { entryId: "e2", content: [says("so")], thinkingBlocks: 0 },
    ]);
  });

  test("takes the calls that it made along, and their results are told as text", () => {
    const hanging = { ...call("t1"), caller: { type: "code_execution_20260120", tool_id: "s1" } };
    expect(
      sent(human("hi"), reply([says("so"), serverCall("s1"), hanging], { stopReason: "tool_use" }), answer("t1", "found"), human("go on")),
    ).toEqual([
      say("user", says("hi")),
      say("assistant", says("so")),
      say("user", says("[A late result of the tool call t1: found]")),
      say("user", says("go on")),
    ]);
  });

  test("is not sent where the reply that owed its result was cut off and a person spoke", () => {
    const { superseded } = projected(human("hi"), waiting, answer("t1"), reply(["so f"], { stopReason: null }), human("go on"));
    expect(superseded.map(({ entryId }) => entryId)).toEqual(["e3"]);
  });
});
