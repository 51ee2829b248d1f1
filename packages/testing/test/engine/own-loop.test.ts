import { MemoryStore, text } from "@antiphon/core";
import { gate } from "@antiphon/testing/messages-server";
import { expect, test } from "vitest";
import { goOn, practice, replies, spoken } from "./practice.ts";
import { settled } from "./settled.ts";
import { steppedEnvironment } from "./stepped-environment.ts";

const said = (what: string) => ({
  content: [
    { type: "thinking", thinking: "Hm." },
    { type: "text", text: what },
  ],
});

test("a reply that was made without what a dead turn had left is not recorded behind it: its caller is told, and requests again", async () => {
  let storeTime = 0;
  const store = new MemoryStore({ now: () => storeTime });
  await using dead = await practice({ store: () => store });
  const { id } = await dead.start();
  const hold = gate();
  dead.server.script({ content: "A first part, and a second part.", faults: [{ kind: "hold", gate: hold, at: { afterEvents: 5 } }] });
  const turn = (await dead.chat.open(id)).send("Begin.");
  await hold.reached;
  await settled();
  dead.environment.pass(250);
  await settled();
  storeTime = 10_001;

  await using at = await practice({ store: () => store, environment: steppedEnvironment({ prefix: "other" }) });
  const conversation = await at.chat.open(id);
  at.server.script(said("One."), said("Two."));
  const ask = async () => at.client.beta.messages.create((await conversation.request()).body);
  const unseen = await ask();
  await expect(conversation.record(unseen)).rejects.toMatchObject({ code: "tip_moved", details: { entries: 1 } });
  // What it has not seen is on its path now.
  expect(replies(conversation).map(({ content }) => text(content))).toEqual([expect.stringMatching(/^A first part/)]);
  expect(await conversation.append({ role: "user", content: "Once more." })).toBeDefined();
  expect(await conversation.record(await ask())).toMatchObject({ next: "finish" });
  expect(spoken(await goOn(at, conversation)).slice(2)).toEqual(["user: Once more.", "assistant: thinking | Two.", "user: Go on."]);
  hold.release();
  expect((await turn.result).outcome).toMatchObject({ type: "failed", failure: { code: "lease_lost" } });
});
