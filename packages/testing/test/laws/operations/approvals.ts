import fc from "fast-check";
import { anyPick, operation, pickFrom } from "./operation.ts";

/** A person's word on a call that waits for one. */
export const decide = operation({
  weight: 2,
  arbitrary: fc.record({ pick: anyPick, allows: fc.boolean() }),
  async run({ conversation, held }, { pick, allows }) {
    // A word waits for a turn that runs, and what hangs would be waited for for ever.
    if (held.length > 0) return;
    const asked = conversation.entries.filter((entry) => entry.kind === "approval" && entry.verdict === "ask");
    const question = pickFrom(asked, pick);
    if (question?.kind !== "approval") return;
    await (allows ? conversation.approve(question.toolUseId) : conversation.deny(question.toolUseId, { reason: "No." }));
  },
});
