import { betaZodOutputFormat } from "@anthropic-ai/sdk/helpers/beta/zod";
import { betaJSONSchemaOutputFormat } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { jsonSchemaOutputFormat } from "@anthropic-ai/sdk/helpers/json-schema";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { begin } from "../../test/begin.ts";
import { BINDING_MODEL, call, says, thought } from "../../test/builders.ts";
import { replied, said } from "../../test/scripted-client.ts";
import { delta, messageDelta, start, startBlock } from "../../test/stream-events.ts";
import type { TurnResult } from "./turn.ts";

const CITY = z.object({ name: z.string().min(2), people: z.number() });
const FORMAT = zodOutputFormat(CITY);
const SENT = { type: "json_schema", schema: FORMAT.schema };
const OSLO = { name: "Oslo", people: 700_000 };
const JSON_SCHEMA = { type: "object", properties: { name: { type: "string" } }, required: ["name"], additionalProperties: false } as const;
const oslo = said(JSON.stringify(OSLO));
const formatOf = (body: object) => (body as { output_config?: { format?: unknown } }).output_config?.format;

function startsWith(text: string, end: readonly object[] = []) {
  return [start(), startBlock(0, says("")), delta(0, { type: "text_delta", text }), ...(end as never[])];
}

describe("a message whose answer is asked for in a form", () => {
  test("has its value in the result, of the type that its format makes", async () => {
    const { conversation, client } = await begin([oslo], { model: BINDING_MODEL });
    const { outcome, output, text } = await conversation.send("A city.", { format: FORMAT }).result;
    expectTypeOf(output).toEqualTypeOf<{ name: string; people: number } | undefined>();
    expect({ outcome, output, text }).toEqual({ outcome: { type: "completed", empty: false }, output: OSLO, text: JSON.stringify(OSLO) });
    expect(formatOf(client.bodies[0]!)).toEqual(SENT);
  });

  test.each([
    ["zodOutputFormat", FORMAT],
    ["betaZodOutputFormat", betaZodOutputFormat(CITY)],
    ["jsonSchemaOutputFormat", jsonSchemaOutputFormat(JSON_SCHEMA)],
    ["betaJSONSchemaOutputFormat", betaJSONSchemaOutputFormat(JSON_SCHEMA)],
    ["a plain schema", { type: "json_schema", schema: JSON_SCHEMA } as const],
  ])("takes what %s gives", async (_, format) => {
    const { conversation } = await begin([oslo], { model: BINDING_MODEL });
    expect((await conversation.send("A city.", { format }).result).output).toEqual(OSLO);
  });

  test("stores the schema with the message and no function, and the next message is free of it", async () => {
    const { conversation, client } = await begin([oslo, said("Free.")], { model: BINDING_MODEL, output_config: { effort: "low" } });
    const format = { ...FORMAT, parse: (text: string) => `${text}!` };
    const turn = conversation.send("A city.", { format });
    // What its caller does to it later is nothing to us.
    format.schema = {};
    await turn.result;
    const stored = JSON.stringify(conversation.entries[1]);
    expect(JSON.parse(stored)).toMatchObject({ format: SENT });
    expect(stored).not.toContain("parse");
    expect((await conversation.send("And?").result).output).toBeUndefined();
    expect(client.bodies.map((body) => body.output_config)).toEqual([{ effort: "low", format: SENT }, { effort: "low" }]);
  });

  test("is answered in it through every round of tools", async () => {
    const tool = { name: "look_up", input_schema: { type: "object" }, run: () => "Oslo has 700000" };
    const answers = [replied([thought("hm"), says("Let me see."), call("t1")], "tool_use"), oslo];
    const { conversation, client } = await begin(answers, { model: BINDING_MODEL }, { tools: [tool] });
    expect((await conversation.send("A city.", { format: FORMAT }).result).output).toEqual(OSLO);
    expect(client.bodies.map(formatOf)).toEqual([SENT, SENT]);
  });

  test("is answered in it where the turn is taken up in another process, and when the reply is made again", async () => {
    const { chat, conversation, client } = await begin([startsWith('{"name":"Os'), oslo, oslo], { model: BINDING_MODEL });
    const broken = await conversation.send("A city.", { format: FORMAT }).result;
    expect(broken).toMatchObject({ outcome: { type: "interrupted" } });
    expect(broken).not.toHaveProperty("output");
    const other = await chat.open(conversation.id);
    // Half of it is no use: it is left out and asked for again, never continued.
    expect(await other.resume().result).toMatchObject({ outcome: { type: "completed" }, output: OSLO });
    expect(client.bodies[1]!.messages).toHaveLength(1);
    expect((await (await other.regenerate()).result).output).toEqual(OSLO);
    expect(client.bodies.map(formatOf)).toEqual([SENT, SENT, SENT]);
  });
});

describe("a reply that is not the value that was asked for has no output, and its outcome says why", () => {
  const cut = startsWith('{"name":"Os', [messageDelta("max_tokens"), { type: "message_stop" }]);

  test("one that max_tokens cut is truncated, and no error", async () => {
    const { conversation } = await begin([cut], { model: BINDING_MODEL });
    const result = await conversation.send("A city.", { format: FORMAT }).result;
    expect(result).toMatchObject({ outcome: { type: "truncated", inside: "text" }, text: '{"name":"Os' });
    expect(result).not.toHaveProperty("output");
  });

  test("one that max_tokens cut is asked for again where the caller allows it, and never continued", async () => {
    const { conversation, client } = await begin([cut, oslo], { model: BINDING_MODEL });
    const { output } = await conversation.send("A city.", { format: FORMAT, limits: { continuations: 1 } }).result;
    expect(output).toEqual(OSLO);
    expect(client.bodies[1]).toMatchObject({ max_tokens: 4096, messages: [{ role: "user" }] });
  });

  test.each([
    ["refused", replied([says("No")], "refusal")],
    ["stopped", replied([says('{"name":')], "stop_sequence")],
    ["unknown", replied([says('{"name":')], "later_reason")],
  ] as [string, ReturnType<typeof replied>][])("one that is %s", async (type, answer) => {
    const { conversation } = await begin([answer], { model: BINDING_MODEL });
    const result = await conversation.send("A city.", { format: FORMAT }).result;
    expect(result.outcome.type).toBe(type);
    expect(result).not.toHaveProperty("output");
  });

  test.each([
    ["no JSON", "Oslo", /JSON/],
    ["JSON that the schema has no words for", '{"name":"O","people":7}', /name/],
    ["nothing", "", /^The reply is empty\.$/],
  ])("one that is whole and is %s is malformed", async (_, text, message) => {
    const { conversation } = await begin([said(text)], { model: BINDING_MODEL });
    const turn = conversation.send("A city.", { format: FORMAT });
    const events = await Array.fromAsync(turn);
    const result = await turn.result;
    expect(result.outcome).toEqual({ type: "malformed", message: expect.stringMatching(message) });
    expect(result).not.toHaveProperty("output");
    expect(result.text).toBe(text);
    expect(events.at(-1)).toEqual({ type: "turn-end", outcome: result.outcome });
  });

  test("a `parse` that throws no error is told all the same", async () => {
    const parse = () => {
      // oxlint-disable-next-line typescript/only-throw-error
      throw "not today";
    };
    const { conversation } = await begin([oslo], { model: BINDING_MODEL });
    const { outcome } = await conversation.send("A city.", { format: { ...FORMAT, parse } }).result;
    expect(outcome).toEqual({ type: "malformed", message: "not today" });
  });
});

describe("a form that all of a conversation's answers are asked for in", () => {
  test("is a setting, without its functions, and gives each result a value", async () => {
    const { conversation } = await begin([oslo, said("7")], { model: BINDING_MODEL, output_config: { format: FORMAT } });
    expect(JSON.stringify(conversation.settings)).not.toContain("parse");
    const result = await conversation.send("A city.").result;
    expectTypeOf(result).toEqualTypeOf<TurnResult>();
    expect(result.output).toEqual(OSLO);
    const format = { type: "json_schema", schema: {}, parse: Number } as const;
    const { output } = await conversation.send("How many?", { format }).result;
    expectTypeOf(output).toEqualTypeOf<number | undefined>();
    expect(output).toBe(7);
  });

  test("may be set later, by `update`", async () => {
    const { conversation } = await begin([oslo], { model: BINDING_MODEL });
    await conversation.update({ output_config: { format: FORMAT } });
    expect((await conversation.send("A city.").result).output).toEqual(OSLO);
  });
});

describe("what is no format is refused before anything is stored", () => {
  const cyclic: { [key: string]: unknown } = {};
  cyclic["self"] = cyclic;
  test.each<[string, unknown]>([
    ["a schema alone", CITY.shape],
    ["null", null],
    ["a text", "json"],
    ["a circle", { type: "json_schema", schema: cyclic }],
  ])("%s", async (_, format) => {
    const { conversation, client } = await begin([], { model: BINDING_MODEL });
    const turn = conversation.send("A city.", { format: format as typeof FORMAT });
    await expect(turn.accepted).rejects.toMatchObject({ code: "invalid_input", message: expect.stringMatching(/format/) });
    expect((await turn.result).outcome).toMatchObject({ type: "failed", failure: { code: "invalid_input" } });
    expect([conversation.entries.length, client.bodies.length]).toEqual([1, 0]);
  });

  test("and so is one that the model does not take", async () => {
    const models = { facts: (id: string) => ({ id, structuredOutputs: false, sources: {} }) };
    const { conversation } = await begin([], {}, { models });
    await expect(conversation.send("A city.", { format: FORMAT }).accepted).rejects.toMatchObject({
      code: "unsupported_by_model",
      message: expect.stringContaining("output_config.format"),
    });
  });
});
