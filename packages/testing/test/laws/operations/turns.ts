import fc from "fast-check";
import { anyAnswers, rarely, withoutUndefined } from "../answers.ts";
import { type Crash, playTurn } from "../play-turn.ts";
import { anyPick, operation, pickFrom } from "./operation.ts";

const crashAt = rarely(fc.record({ writes: fc.nat({ max: 14 }), lastIsDone: fc.boolean() })) as fc.Arbitrary<Crash | undefined>;
const abortAt = rarely(fc.nat({ max: 25 }));
const mostly = fc.nat({ max: 4 }).map((drawn) => drawn < 4);

export const send = operation({
  weight: 8,
  arbitrary: fc
    .record({ answers: anyAnswers, streaming: mostly, continuations: fc.nat({ max: 2 }), abortAt, crashAt, prefill: fc.boolean() })
    .map(withoutUndefined),
  run(world, { answers, streaming, continuations, prefill, ...how }, at) {
    const { process, conversation } = world;
    const says = `Message ${at}.`;
    const begin = (signal: AbortSignal) =>
      conversation.send(says, {
        streaming,
        limits: { continuations },
        signal,
        ...(prefill && conversation.settings.model === "claude-opus-4-5" && { prefill: `So ${at}` }),
      });
    return playTurn(world, { step: "send", process, conversation, begin, answers, says, streaming, ...how });
  },
});

export const resume = operation({
  weight: 3,
  arbitrary: fc.record({ answers: anyAnswers, abortAt, crashAt }).map(withoutUndefined),
  run(world, { answers, ...how }) {
    const { process, conversation } = world;
    return playTurn(world, { step: "resume", process, conversation, begin: (signal) => conversation.resume({ signal }), answers, ...how });
  },
});

export const edit = operation({
  weight: 2,
  arbitrary: fc.record({ pick: anyPick, answers: anyAnswers }),
  async run(world, { pick, answers }, at) {
    const { process, conversation } = world;
    const entry = pickFrom(conversation.entries.slice(1), pick);
    if (entry === undefined) return;
    const says = `Message ${at}, edited.`;
    await playTurn(world, { step: "edit", process, conversation, begin: () => conversation.edit(entry.id, says), answers, says });
  },
});

export const regenerate = operation({
  weight: 1,
  arbitrary: fc.record({ answers: anyAnswers }),
  run(world, { answers }) {
    const { process, conversation } = world;
    return playTurn(world, { step: "regenerate", process, conversation, begin: () => conversation.regenerate(), answers });
  },
});
