import { expect, test } from "vitest";
import { settingsOf } from "../../test/builders.ts";
import { ownSettings, type Settings } from "./settings.ts";
import { toolDefinition } from "./tool-definition.ts";

const definition = { name: "look_up", description: "d", input_schema: { type: "object" }, strict: true };
const tool = {
  ...definition,
  cache_control: undefined,
  timeoutMs: 5000,
  safeToRepeat: true,
  run: () => "",
  parse: (input: unknown) => input,
};

test("the definition of a tool is all of it but its functions, and what its process alone goes by", () => {
  expect(toolDefinition(tool)).toStrictEqual(definition);
});

test("a runnable tool among the settings is its definition, and a definition is what it is", () => {
  const plain = { name: "elsewhere", input_schema: { type: "object" }, timeoutMs: "a field that the API may know one day" };
  const { tools } = ownSettings(settingsOf({ tools: [tool, plain] as unknown as NonNullable<Settings["tools"]> }));
  expect(tools).toStrictEqual([definition, plain]);
});
