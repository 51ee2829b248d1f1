import { jsonSchemaOutputFormat } from "@anthropic-ai/sdk/helpers/json-schema";
import { describe, expect, test } from "vitest";
import { goOn, messagesOf, practice, spoken } from "./practice.ts";

const FORMAT = jsonSchemaOutputFormat({
  type: "object",
  properties: { city: { type: "string" }, people: { type: "number" } },
  required: ["city", "people"],
  additionalProperties: false,
});
const OSLO = '{"city":"Oslo","people":700000}';
const bodyOf = (request: { readonly body: unknown } | undefined) => request!.body as { output_config?: unknown };

describe.each([true, false])("over HTTP, with the SDK's client, streaming: %s", (streaming) => {
  test("a structured output is asked for in one message's requests alone, with no beta header, and comes as its type", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script(OSLO, "Free.");
    const { output, outcome } = await conversation.send("A city.", { format: FORMAT, streaming }).result;
    expect(outcome).toEqual({ type: "completed", empty: false });
    expect(output?.people.toFixed()).toBe("700000");
    expect((await conversation.send("And?", { streaming }).result).text).toBe("Free.");
    expect(at.server.requests.map((request) => bodyOf(request).output_config)).toEqual([
      { format: { type: "json_schema", schema: FORMAT.schema } },
      undefined,
    ]);
    expect(at.server.requests.map(({ headers }) => headers["anthropic-beta"])).toEqual([undefined, undefined]);
  });

  test("the practice server's partner answers in the form, whatever it is", async () => {
    await using at = await practice();
    const conversation = await at.start();
    const { outcome, output } = await conversation.send("A city.", { format: FORMAT, streaming }).result;
    expect(outcome).toEqual({ type: "completed", empty: false });
    expect(output).toEqual({ city: expect.any(String), people: expect.any(Number) });
  });

  test("a structured output that is cut is an outcome, and the conversation goes on", async () => {
    await using at = await practice();
    const conversation = await at.start();
    at.server.script({ content: OSLO, cutAtTokens: 3 });
    const result = await conversation.send("A city.", { format: FORMAT, streaming }).result;
    expect(result.outcome).toEqual({ type: "truncated", inside: "text" });
    expect(result).not.toHaveProperty("output");
    await goOn(at, conversation);
  });

  test("a prefill goes out as the assistant's, and its reply reads as one with it", async () => {
    await using at = await practice();
    const conversation = await at.start({ model: "claude-haiku-4-5" });
    at.server.script(" upon a time.");
    const { text } = await conversation.send("A story.", { prefill: "Once", streaming }).result;
    expect(text).toBe("Once upon a time.");
    expect(spoken(messagesOf(at.server.requests[0]!.body))).toEqual(["user: A story.", "assistant: Once"]);
    expect(spoken(await goOn(at, conversation))).toEqual(["user: A story.", "assistant: Once |  upon a time.", "user: Go on."]);
  });
});
