import fc from "fast-check";
import { gate } from "@antiphon/testing/messages-server";
import { settled } from "../../engine/settled.ts";
import { playTurn, replace } from "../play-turn.ts";
import type { World } from "../world.ts";
import { operation } from "./operation.ts";

export const reopen = operation({
  weight: 2,
  arbitrary: fc.record({}),
  async run({ process, conversation }) {
    process.conversation = await process.chat.open(conversation.id);
  },
});

/** From here on the other process acts: it knows what it knew. */
export const otherProcess = operation({
  weight: 4,
  arbitrary: fc.record({}),
  async run(world) {
    world.processes.reverse();
  },
});

/** Time passes, also on the store's clock: for both processes, or the other one stands still, as one that is suspended does. */
export const pass = operation({
  weight: 3,
  arbitrary: fc.record({ ms: fc.constantFrom(250, 4_000, 11_000), forBoth: fc.boolean() }),
  async run({ processes, held }, { ms, forBoth }) {
    for (const process of forBoth ? processes : processes.slice(0, 1)) {
      process.environment.pass(ms);
      for (const turn of held) if (turn.process === process) turn.hungMs += ms;
    }
    await settled();
  },
});

/** A turn whose reply hangs. Then the other process acts. */
export const hold = operation({
  weight: 3,
  arbitrary: fc.record({
    parts: fc.constantFrom(["text"] as const, ["text", "note"] as const, ["thinking", "text"] as const),
    atByte: fc.nat({ max: 1500 }),
    hangsMs: fc.constantFrom(0, 250),
  }),
  async run(world, { parts, atByte, hangsMs }, at) {
    const { process, conversation } = world;
    const held = gate();
    const says = `Message ${at}.`;
    const answers = [{ is: "reply", parts, stop: "by-content", hold: { gate: held, atByte } } as const];
    const begin = () => conversation.send(says);
    let shown = "";
    const onText = (text: string): void => void (shown += text);
    const ended = playTurn(world, { step: "send", process, conversation, begin, answers, says, onText, disturbed: true }).then(
      () => undefined,
    );
    await Promise.race([held.reached, ended]);
    await settled();
    process.environment.pass(hangsMs);
    await settled();
    world.held.push({
      turn: world.begun.at(-1)!,
      gate: held,
      process,
      branchId: conversation.branchId,
      shown: () => shown,
      hungMs: hangsMs,
      ended,
    });
    world.processes.reverse();
  },
});

/** What hangs goes on. */
export const letGo = operation({ weight: 2, arbitrary: fc.record({}), run: (world) => letAllGo(world) });

export async function letAllGo(world: World): Promise<void> {
  for (const { gate: held, ended } of world.held.splice(0)) {
    held.release();
    await ended;
  }
}

/** The process of what hangs is killed; what it had shown for a quarter of a second must be there for whoever comes next. */
export const kill = operation({
  weight: 2,
  arbitrary: fc.record({}),
  async run(world) {
    for (const { turn, gate: held, process, branchId, shown, hungMs, ended } of world.held.splice(0)) {
      const seen = hungMs >= 250 ? shown() : "";
      turn.crashed = true;
      process.store.breakAfter(-1);
      held.release();
      await ended;
      const next = await replace(world, process, branchId);
      // Whoever writes next takes up what the dead one left.
      const isTaken = await next.conversation.append({ role: "user", content: "Anybody there?" }).then(
        ({ id }) => world.trace.written.set(id, "Anybody there?"),
        () => undefined,
      );
      if (isTaken) world.trace.killed.push({ seen, path: await world.path(next.conversation.branchId) });
    }
  },
});
