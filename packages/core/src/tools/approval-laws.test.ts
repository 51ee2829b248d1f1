import fc from "fast-check";
import { expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { call } from "../../test/builders.ts";
import { replied, said } from "../../test/scripted-client.ts";
import type { Conversation } from "../conversation.ts";
import { isAntiphonError } from "../errors.ts";
import type { Outcome } from "../stop/outcome.ts";
import type { ApprovalHook, ApprovalVerdict } from "./approval.ts";
import type { RunnableTool } from "./runnable-tool.ts";

type Policy = "allow" | "deny" | "ask" | "throw";

const policy = fc.constantFrom<Policy>("allow", "deny", "ask", "ask", "ask", "throw");
const step = fc.oneof(
  fc.record({ do: fc.constantFrom<"approve" | "deny">("approve", "deny"), pick: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constantFrom<"resume" | "stop" | "reopen">("resume", "stop", "reopen") }),
  { weight: 1, arbitrary: fc.constant({ do: "send" as const }) },
);

test("a call runs at most once, and only if a policy or a person allowed it before anybody went on, whatever is said in whatever order", async () => {
  let waited = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(policy, { minLength: 1, maxLength: 4 }), fc.array(step, { maxLength: 10 }), async (policies, steps) => {
      const runs: string[] = [];
      const tool: RunnableTool = { name: "look_up", run: (_input, { toolUse: { id } }) => `run ${runs.push(id)}` };
      const hook: ApprovalHook = ({ id }) => verdictOf(policies[Number(id)]!);
      const calls = policies.map((_, at) => call(String(at)));
      const begun = await begin([replied(calls, "tool_use"), said("I see.")], { tools: [] }, { tools: [tool], approval: hook });
      let { conversation } = begun;
      const word = new Map(policies.flatMap((is, at) => (is === "ask" ? [] : [[String(at), is]])));
      const asked = policies.flatMap((is, at) => (is === "ask" ? [String(at)] : []));
      let { outcome } = await conversation.send("Begin.").result;
      let isOver = asked.length === 0;
      const check = (): void => {
        expect(outcome.type).not.toBe("failed");
        expect([...runs].toSorted()).toEqual([...new Set(runs)].toSorted());
        for (const id of runs) expect(word.get(id)).toBe("allow");
        const undecided = asked.filter((id) => !word.has(id));
        if (isOver || outcome.type !== "waiting") return;
        waited += 1;
        expect(outcome.toApprove).toEqual(outcome.toolUseIds);
        expect(undecided.every((id) => (outcome as Extract<Outcome, { type: "waiting" }>).toolUseIds.includes(id))).toBe(true);
      };
      check();
      for (const now of steps) {
        if (now.do === "reopen") conversation = await begun.chat.open(conversation.id);
        else if (now.do === "approve" || now.do === "deny") {
          const id = String(now.pick % policies.length);
          const verdict = now.do === "approve" ? "allow" : "deny";
          const taken = await decide(conversation, now.do, id);
          const isNew = !isOver && asked.includes(id) && !word.has(id);
          if (isNew) word.set(id, verdict);
          expect(taken).toBe(isNew || (asked.includes(id) && word.get(id) === verdict));
        } else {
          const turn =
            now.do === "send" ? conversation.send("Go on.") : conversation.resume({ recovery: now.do === "stop" ? "stop" : "continue" });
          ({ outcome } = await turn.result);
          if (now.do === "send" || outcome.type !== "waiting") isOver = true;
        }
        check();
      }
      if (!isOver) await conversation.send("Go on.").result;
      const answers = begun.client.bodies
        .at(-1)!
        .messages.flatMap(({ content }) => content)
        .filter(({ type }) => type === "tool_result");
      if (begun.client.bodies.length > 1) expect(new Set(answers.map((block) => block.tool_use_id)).size).toBe(policies.length);
    }),
    { numRuns: 150 },
  );
  expect(waited).toBeGreaterThan(150);
}, 60_000);

function verdictOf(is: Policy): ApprovalVerdict {
  if (is === "throw") throw new Error("no policy");
  return is;
}

/** Whether the word was taken. */
async function decide(conversation: Conversation, verb: "approve" | "deny", id: string): Promise<boolean> {
  try {
    await conversation[verb](id);
    return true;
  } catch (error) {
    expect(isAntiphonError(error, "invalid_input")).toBe(true);
    return false;
  }
}
