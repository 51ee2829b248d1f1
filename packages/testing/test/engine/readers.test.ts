import type { TurnEvent } from "@antiphon/core";
import { expect, test } from "vitest";
import { goOn, practice, say } from "./practice.ts";
import { settled } from "./settled.ts";

const LONG = "A part of a long reply. ".repeat(200);

test("nobody has to read a turn", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: LONG });
  expect(await say(conversation)).toMatchObject({ outcome: { type: "completed" }, text: LONG });
});

test("a slow reader holds the turn up, and then gets everything in order", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: LONG });
  const turn = conversation.send("Begin.");
  let ended = false;
  void turn.result.then(() => (ended = true));
  let said = "";
  for await (const piece of turn.textStream) {
    if (said === "") {
      // All of it has been sent, and still the turn waits for its reader.
      expect(await at.server.requests[0]!.ended).toBe("sent");
      await settled();
      await settled();
      expect([ended, conversation.entries.length]).toEqual([false, 2]);
    }
    said += piece;
  }
  expect(said).toBe(LONG);
  expect((await turn.result).outcome.type).toBe("completed");
});

test.each(["by leaving its loop", "by throwing"])("a reader that goes away %s does not stop the turn", async (how) => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: LONG });
  const turn = conversation.send("Begin.");
  const read = async (): Promise<void> => {
    for await (const _piece of turn.textStream) {
      if (how === "by throwing") throw new Error("the screen is gone");
      break;
    }
  };
  await read().catch((error: Error) => expect(error.message).toBe("the screen is gone"));
  expect(await turn.result).toMatchObject({ outcome: { type: "completed" }, text: LONG });
  await goOn(at, conversation);
});

test("every reader gets every event from the first, however late it comes", async () => {
  await using at = await practice();
  const conversation = await at.start();
  at.server.script({ content: LONG });
  const turn = conversation.send("Begin.");
  const early = collect(turn);
  await turn.result;
  const [first, late] = [await early, await collect(turn)];
  expect(first.filter(isOther)).toEqual(late.filter(isOther));
  for (const events of [first, late]) {
    expect(events.map((event) => (event.type === "text-delta" ? event.text : "")).join("")).toBe(LONG);
    expect(events.at(0)!.type).toBe("input-stored");
    expect(events.filter(({ type }) => type === "turn-end")).toEqual([events.at(-1)]);
  }
  expect(late.length).toBeLessThan(12);
});

function isOther({ type }: TurnEvent): boolean {
  return type !== "text-delta";
}

async function collect(turn: AsyncIterable<TurnEvent>): Promise<TurnEvent[]> {
  const events: TurnEvent[] = [];
  for await (const event of turn) events.push(event);
  return events;
}
