import type { BetaToolRunContext } from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { antiphon, type AntiphonOptions } from "../../src/antiphon.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { RunnableTool, ToolContext } from "../../src/tools/runnable-tool.ts";
import { replied, said, ScriptedClient } from "../scripted-client.ts";

/** Checked as the tests are compiled: where a type is lost, this file does not compile. */
const tools = [
  betaZodTool({
    name: "weather",
    description: "The weather in a place.",
    inputSchema: z.object({ place: z.string(), days: z.number().optional() }),
    run: (input, context) => {
      expectTypeOf(input).toEqualTypeOf<{ place: string; days?: number | undefined }>();
      expectTypeOf(context).toEqualTypeOf<BetaToolRunContext | undefined>();
      return input.place;
    },
  }),
  {
    ...betaTool({
      name: "count",
      description: "Counts.",
      inputSchema: { type: "object", properties: { to: { type: "number" } }, required: ["to"] },
      run: (input) => {
        expectTypeOf(input.to).toEqualTypeOf<number>();
        return String(input.to);
      },
    }),
    safeToRepeat: true,
    timeoutMs: 1000,
  },
  {
    name: "plain",
    input_schema: { type: "object" },
    run: async ({ n }: { n: number }, { progress, signal, toolUse }: ToolContext) => {
      progress(n / 2);
      return `${toolUse.id} ${signal.aborted}`;
    },
  },
] satisfies readonly RunnableTool[];

test("tools of the SDK's helpers are tools here as they are, and keep what they infer of their input", async () => {
  const options: AntiphonOptions = { client: new ScriptedClient(), store: new MemoryStore(), tools };
  const conversation = await antiphon(options).create({ model: "m", max_tokens: 9 });
  expect(conversation.settings.tools?.map((tool) => Object.keys(tool).toSorted())).toEqual([
    ["description", "input_schema", "name", "type"],
    ["description", "input_schema", "name", "type"],
    ["input_schema", "name"],
  ]);
});

test("an input that the helper's own schema refuses is told to the model and never reaches `run`; one that it takes does", async () => {
  const call = (id: string, name: string, input: unknown) => ({ type: "tool_use", id, name, input });
  const calls = [call("t1", "weather", { place: 7 }), call("t2", "weather", { place: "Oslo" }), call("t3", "count", { to: 3 })];
  const client = new ScriptedClient(replied(calls, "tool_use"), said("Done."));
  const conversation = await antiphon({ client, store: new MemoryStore(), tools }).create({ model: "m", max_tokens: 9 });
  expect((await conversation.send("Begin.").result).outcome.type).toBe("completed");
  const results = client.bodies[1]!.messages.at(-1)!.content.toSorted((a, b) => String(a.tool_use_id).localeCompare(String(b.tool_use_id)));
  expect(results).toMatchObject([
    { tool_use_id: "t1", is_error: true, content: expect.stringMatching(/^The input of "weather" is not valid: [^]*expected string/) },
    { tool_use_id: "t2", content: "Oslo" },
    { tool_use_id: "t3", content: "3" },
  ]);
});

test("a tool that is written in its place knows what its `run` is told", () => {
  const options: Pick<AntiphonOptions, "tools"> = {
    tools: [
      {
        name: "inline",
        run: (_input, context) => {
          expectTypeOf(context).toEqualTypeOf<ToolContext>();
          return "";
        },
      },
    ],
  };
  expect(options.tools).toHaveLength(1);
});

test("what is no tool is an error of the compiler", () => {
  const options: Pick<AntiphonOptions, "tools"> = {
    tools: [
      // @ts-expect-error: it cannot be run
      { name: "a" },
      // @ts-expect-error: it returns no content
      { name: "b", run: () => 7 },
      // @ts-expect-error: its time is no number
      { name: "c", run: () => "", timeoutMs: "1s" },
    ],
  };
  expect(options.tools).toHaveLength(3);
});
