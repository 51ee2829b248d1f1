import { describe, expect, test } from "vitest";
import { begin } from "../../test/begin.ts";
import { UNKNOWN_MODEL } from "../../test/builders.ts";
import type { Settings } from "../conversation/settings.ts";
import type { MessageParam } from "../messages/content-block.ts";
import { REMEDIES } from "./remedies.ts";

interface Wrong {
  readonly model: string;
  readonly [field: string]: unknown;
}

const TOOLS = [{ name: "look_up", input_schema: { type: "object" } }];

/** For each remedy settings, or a message, that a known model does not take, and what the error says to do. */
const WRONG: Readonly<Record<keyof typeof REMEDIES, readonly [Wrong, RegExp]>> = {
  "thinking-enabled-unsupported": [
    { model: "claude-opus-5-5", max_tokens: 4096, thinking: { type: "enabled", budget_tokens: 1024 } },
    /Use "adaptive"/,
  ],
  "thinking-adaptive-unsupported": [{ model: "claude-haiku-4-5", thinking: { type: "adaptive" } }, /Use "enabled" or "disabled"/],
  "thinking-disabled-unsupported": [{ model: "claude-fable-5", thinking: { type: "disabled" } }, /Use "adaptive"/],
  "thinking-disabled-with-effort": [
    { model: "claude-opus-5", thinking: { type: "disabled" }, output_config: { effort: "max" } },
    /Set the effort to "low" or "medium" or "high"/,
  ],
  "effort-unsupported": [{ model: "claude-haiku-4-5", output_config: { effort: "low" } }, /Leave it out/],
  "tool-choice-forced-unsupported": [{ model: "claude-sonnet-5-5", tools: TOOLS, tool_choice: { type: "any" } }, /structured outputs/],
  "max-tokens-over-cap": [{ model: "claude-opus-4-1", max_tokens: 64_000 }, /Lower it to 32000 or less/],
  "temperature-deprecated": [{ model: "claude-opus-5", temperature: 0.2, anthropic_version: "2023-06-01" }, /Leave it out/],
  "temperature-with-top-p": [
    { model: "claude-opus-4-6", temperature: 0.2, top_p: 0.9, anthropic_version: "2023-06-01" },
    /Leave one of them out/,
  ],
  "inference-geo-unsupported": [{ model: "claude-sonnet-4-5", inference_geo: "us" }, /Leave it out/],
  "prefill-unsupported": [{ model: "claude-opus-4-7", message: { role: "assistant", content: "{" } }, /structured outputs/],
  "system-message-unsupported": [
    { model: "claude-opus-4-7", message: { role: "system", content: "Be brief." } },
    /Put its text into the top-level `system`/,
  ],
};

describe("what a known model does not take fails before any request, with what to do", () => {
  test.each(Object.entries(WRONG))("%s", async (rule, [{ message, ...fields }, todo]) => {
    const refused = { code: "unsupported_by_model", retryable: false, message: expect.stringMatching(todo) };
    const { chat, conversation, client } = await begin([], { model: fields.model });
    const settings = { max_tokens: 1024, ...fields } as unknown as Settings;
    if (message === undefined) {
      await expect(chat.create(settings)).rejects.toMatchObject(refused);
      await expect(conversation.update(settings)).rejects.toMatchObject(refused);
    } else if (rule === "prefill-unsupported") {
      await expect(conversation.send("Begin.", { prefill: "{" }).accepted).rejects.toMatchObject(refused);
      await conversation.append({ role: "user", content: "Begin." });
      await conversation.append(message as MessageParam);
      expect((await conversation.resume().result).outcome).toMatchObject({ failure: { code: refused.code, message: refused.message } });
    } else {
      await conversation.append({ role: "user", content: "Begin." });
      await expect(conversation.append(message as MessageParam)).rejects.toMatchObject(refused);
    }
    expect(client.bodies).toEqual([]);
  });

  test.each(Object.entries(WRONG))(
    "%s says nothing of a model that nobody knows, and the request goes out",
    async (_, [{ message, ...fields }]) => {
      // What the API took away for all its models it took away for unknown ones too, which is no rule of the model.
      const { conversation, client } = await begin([], { max_tokens: 1024, ...fields, model: UNKNOWN_MODEL });
      await conversation.append({ role: "user", content: "Begin." });
      if (message !== undefined) await conversation.append(message as MessageParam);
      expect((await conversation.resume().result).outcome.type).toBe("completed");
      expect(client.bodies).toHaveLength(1);
    },
  );

  test("every remedy is here", () => {
    expect(Object.keys(WRONG).toSorted()).toEqual(Object.keys(REMEDIES).toSorted());
  });
});
