import type { BetaToolRunContext } from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { antiphon, type AntiphonOptions } from "../../src/antiphon.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import type { RunnableTool, ToolContext } from "../../src/turn/runnable-tool.ts";
import { ScriptedClient } from "../scripted-client.ts";

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
