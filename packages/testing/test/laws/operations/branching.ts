import fc from "fast-check";
import { anyAnswers } from "../answers.ts";
import { playTurn } from "../play-turn.ts";
import { anyPick, operation, pickFrom } from "./operation.ts";

export const fork = operation({
  weight: 2,
  arbitrary: fc.record({ pick: anyPick, answers: anyAnswers }),
  async run(world, { pick, answers }, at) {
    const { process } = world;
    const conversation = await process.conversation.fork(pickFrom(process.conversation.entries, pick)!.id);
    process.conversation = conversation;
    const says = `Message ${at}.`;
    await playTurn(world, { step: "send", process, conversation, begin: () => conversation.send(says), answers, says });
  },
});

export const undo = operation({ weight: 2, arbitrary: fc.record({}), run: ({ conversation }) => conversation.undo() });

export const redo = operation({ weight: 2, arbitrary: fc.record({}), run: ({ conversation }) => conversation.redo() });
