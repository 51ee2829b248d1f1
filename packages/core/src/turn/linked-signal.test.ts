import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { call } from "../../test/builders.ts";
import { replied, said } from "../../test/scripted-client.ts";
import { linkedSignal } from "./linked-signal.ts";

test("a linked signal aborts with the first of the others, for its reason, and when it is told to", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const linked = linkedSignal(one.signal, other.signal);
  other.abort("enough");
  one.abort("more");
  expect(linked.signal.reason).toBe("enough");
  expect(linkedSignal(other.signal).signal.reason).toBe("enough");
  const own = linkedSignal();
  own.abort();
  expect(own.signal.aborted).toBe(true);
});

test("one that is unlinked hears nothing any more, and is held by nobody", () => {
  const source = new AbortController();
  const linked = linkedSignal(source.signal);
  linked.unlink();
  expect(getEventListeners(source.signal, "abort")).toEqual([]);
  source.abort();
  expect(linked.signal.aborted).toBe(false);
});

test("a turn, its tools and their approvals leave nothing behind on a signal that outlives them", async () => {
  const { signal } = new AbortController();
  const tools = [{ name: "look_up", input_schema: { type: "object" }, run: () => "found" }];
  const { conversation } = await begin([replied([call("t1")], "tool_use"), said("Done.")], {}, { tools, approval: () => "allow" });
  expect((await conversation.send("Look it up.", { signal }).result).outcome.type).toBe("completed");
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
