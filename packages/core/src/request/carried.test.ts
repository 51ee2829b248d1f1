import { describe, expect, test } from "vitest";
import { call, human, KEY, pathOf, reply, says, settings, thought } from "../../test/builders.ts";
import type { EntryBody } from "../conversation/entry.ts";
import { plan } from "../stop/plan.ts";
import { project } from "./project.ts";

const bodyOf = (...bodies: EntryBody[]) => project(pathOf(...bodies), { hashKey: KEY, caching: "off" }).body;
const ran = (id: string | null) =>
  reply(["Done."], { extra: { container: id === null ? null : { id, expires_at: "2026-11-22T00:00:00Z" } } });

describe("the container that a server tool ran in", () => {
  test("is named by every later request, also behind replies that needed none", () => {
    expect(bodyOf(settings(), human("?"), ran("c1"), human("?"), ran(null), human("?")).container).toBe("c1");
    expect(bodyOf(settings(), human("?"), ran("c1"), human("?"), ran("c2"), human("?")).container).toBe("c2");
  });

  test("joins the skills of the settings, and yields to a container that they name", () => {
    const skills = [{ type: "anthropic" as const, skill_id: "pptx" }];
    const said = [human("?"), ran("c1"), human("?")];
    expect(bodyOf(settings({ container: { skills } }), ...said).container).toEqual({ skills, id: "c1" });
    expect(bodyOf(settings({ container: { id: "mine" } }), ...said).container).toEqual({ id: "mine" });
    expect(bodyOf(settings({ container: "mine" }), ...said).container).toBe("mine");
  });

  test("is no field of a conversation that has none", () => {
    expect(bodyOf(settings(), human("?"), ran(null), human("?"))).not.toHaveProperty("container");
  });
});

describe("cache diagnostics", () => {
  const asked = settings({ diagnostics: {} });

  test("compare with the last reply, where the settings ask for them", () => {
    expect(bodyOf(asked, human("?")).diagnostics).toEqual({ previous_message_id: null });
    const said = [human("?"), reply(["a"], { responseId: "msg_1" }), human("?"), reply(["b"], { responseId: "msg_2" }), human("?")];
    expect(bodyOf(asked, ...said).diagnostics).toEqual({ previous_message_id: "msg_2" });
  });

  test("are asked for by nobody else: other servers do not know them", () => {
    expect(bodyOf(settings(), human("?"), reply(["a"], { responseId: "msg_1" }), human("?"))).not.toHaveProperty("diagnostics");
  });
});

describe("a reply that a fallback model went on with", () => {
  const fallback = { type: "fallback", from: { model: "claude-fable-5-2" }, to: { model: "claude-opus-5-5" } };
  const searched = { type: "server_tool_use", id: "s1", name: "web_search", input: {} };
  const found = { type: "web_search_tool_result", tool_use_id: "s1", content: [] };
  const declined = [thought("hm"), searched, found, { ...searched, id: "s2" }, says("Well, "), call("t1"), fallback];
  const served = [thought("so"), says("here it is."), call("t2")];

  test("is sent back without what the model before it thought, and without its open calls; its text and its place stay", () => {
    const body = bodyOf(settings(), human("?"), reply([...declined, ...served], { stopReason: "tool_use" }), human("?"));
    expect(body.messages[1]?.content).toEqual([searched, found, says("Well, "), fallback, ...served]);
  });

  test("asks for its own calls alone", () => {
    const next = plan({ content: [...declined, ...served], stop_reason: "tool_use" });
    expect(next).toMatchObject({ next: "answer-tools", calls: [{ id: "t2" }] });
  });
});
