import fc from "fast-check";
import { expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { BINDING_MODEL, OLD_MODEL, says, thought, UNKNOWN_MODEL } from "../../test/builders.ts";
import { replied, type Scripted, stream } from "../../test/scripted-client.ts";
import { isAntiphonError } from "../errors.ts";
import type { RequestBody } from "../request/request-body.ts";
import { validateRequest } from "../request/validate-request.ts";

const PROMPTS = [undefined, "Prompt A", "Prompt B", "Prompt C"] as const;
const MODELS = [BINDING_MODEL, OLD_MODEL, "claude-opus-5", UNKNOWN_MODEL] as const;

type Step =
  | { readonly do: "send"; readonly fails: boolean }
  | { readonly do: "system"; readonly prompt: number; readonly swap: boolean }
  | { readonly do: "model"; readonly model: number }
  | { readonly do: "max_tokens" | "program" | "undo" | "redo" | "reopen" };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("send" as const), fails: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("system" as const), prompt: fc.nat({ max: 3 }), swap: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("model" as const), model: fc.nat({ max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("max_tokens", "program", "undo", "redo", "reopen") }) },
);

const answers: Scripted = () => stream(replied([thought("hm"), says("Yes.")]));
const fails: Scripted = () => {
  throw Object.assign(new Error("overloaded"), { status: 529, type: "overloaded_error" });
};

/** The prompt that a request tells last: at the top, or in a message. What programs say is none. */
function toldIn({ system, messages }: RequestBody): string | undefined {
  const texts = [system, ...messages.flatMap(({ role, content }) => (role === "system" ? [content] : []))].flatMap((said) => textsOf(said));
  return texts.findLast((text) => text.startsWith("Prompt"));
}

function textsOf(said: unknown): readonly string[] {
  if (typeof said === "string") return [said];
  return Array.isArray(said) ? said.map(({ text }: { text: string }) => text) : [];
}

test("whatever is changed, taken back, swapped, undone or failed: a request tells the prompt that `settings` says, last and validly", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 14 }), fc.nat({ max: 3 }), async (steps, first) => {
      const script = steps.map((step) => (step.do === "send" && step.fails ? fails : answers));
      const sends = steps.flatMap((step, at) => (step.do === "send" ? [script[at]!] : []));
      const begun = await begin(sends, { model: MODELS[first]!, system: "Prompt A" }, { limits: { retries: 0 } });
      let { conversation } = begun;
      for (const step of steps) {
        try {
          if (step.do === "system") {
            const system = PROMPTS[step.prompt];
            await conversation.update({ system }, { accept: true, swap: step.swap });
            expect(promptOf(conversation.settings.system)).toEqual(system);
          } else if (step.do === "model") await conversation.update({ model: MODELS[step.model]! }, { accept: true });
          else if (step.do === "max_tokens") await conversation.update({ max_tokens: 1 + conversation.settings.max_tokens });
          else if (step.do === "program") await conversation.append({ role: "system", content: "Program." });
          else if (step.do === "undo") await conversation.undo();
          else if (step.do === "redo") await conversation.redo();
          else if (step.do === "reopen") conversation = await begun.chat.open(conversation.id);
          else if (step.do === "send") {
            const before = begun.client.bodies.length;
            const { outcome } = await conversation.send("Say.").result;
            expect(outcome.type).toBe(step.fails ? "failed" : "completed");
            const body = begun.client.bodies[before]!;
            expect(toldIn(body)).toBe(promptOf(conversation.settings.system));
            expect(validateRequest(body).filter(({ severity }) => severity === "error")).toEqual([]);
          }
        } catch (error) {
          // Nothing to undo, nothing to bring back, no system messages on this model.
          if (!isAntiphonError(error)) throw error;
          expect(["not_found", "invalid_input", "unsupported_by_model"]).toContain(error.code);
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** Without what programs said, which joins it where a model takes no `system` messages. */
function promptOf(system: unknown): string | undefined {
  return textsOf(system).find((text) => text.startsWith("Prompt"));
}
