import fc from "fast-check";
import { anyPick, operation, pickFrom } from "./operation.ts";

const accept = fc.nat({ max: 4 }).map((drawn) => drawn > 0);

export const window = operation({
  weight: 1,
  arbitrary: fc.record({ keep: fc.oneof(fc.record({ turns: fc.integer({ min: 1, max: 3 }) }), fc.constant({ tokens: 30 })), accept }),
  run: ({ conversation }, { keep, accept: accepts }) => conversation.window({ keep }, { accept: accepts }),
});

export const clear = operation({
  weight: 1,
  arbitrary: fc.record({ keep: fc.nat({ max: 1 }), accept }),
  run: ({ conversation }, { keep, accept: accepts }) => conversation.clear({ keep }, { accept: accepts }),
});

/** By a function of the caller's, or by the API's own compaction. */
export const summarise = operation({
  weight: 1,
  arbitrary: fc.record({ byApi: fc.boolean(), turns: fc.nat({ max: 2 }), accept }),
  run({ conversation }, { byApi, turns, accept: accepts }, at) {
    const by = byApi ? "api" : () => `Summed up at ${at}.`;
    return conversation.summarise({ by, ...(turns > 0 && { keep: { turns } }) }, { accept: accepts });
  },
});

/** Takes back what one of the boundaries on the path did. */
export const restore = operation({
  weight: 1,
  arbitrary: fc.record({ pick: anyPick, accept }),
  async run({ conversation }, { pick, accept: accepts }) {
    const boundary = pickFrom(
      conversation.entries.filter(({ kind }) => kind === "boundary"),
      pick,
    );
    if (boundary !== undefined) await conversation.restore(boundary.id, { accept: accepts });
  },
});

export const countTokens = operation({ weight: 1, arbitrary: fc.record({}), run: ({ conversation }) => conversation.countTokens() });
