import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect, test } from "vitest";

import { DEFAULT_MODEL, newestSonnet } from "../../src/models/default-model.ts";
import { knownModels, modelFacts, modelFamily } from "../../src/models/model-facts.ts";
import { KNOWN_TYPES } from "../../src/request/rules/content.ts";
import { BODY_FIELDS } from "../../src/request/rules/misc.ts";

const sdk = createRequire(import.meta.url)
  .resolve("@anthropic-ai/sdk")
  .replace(/index\.(m?js)$/, "");
const general = readFileSync(`${sdk}resources/messages/messages.d.ts`, "utf8");
const beta = readFileSync(`${sdk}resources/beta/messages/messages.d.ts`, "utf8");

const models = [...(/export type Model =([^;]+);/.exec(general)?.[1] ?? "").matchAll(/'(claude-[^']+)'/g)].map(
  (match) => match[1] as string,
);

test("the default model is the newest Sonnet of the SDK's list", () => {
  expect(models.length).toBeGreaterThan(20);
  expect(newestSonnet(models)).toBe(DEFAULT_MODEL);
});

test("every model of the SDK's list is in the table, and its prefill is known", () => {
  expect(models.filter((id) => modelFacts(id)?.prefill === undefined)).toEqual([]);
});

test("every alias and snapshot in the SDK's list resolves to a family of the table", () => {
  const families = new Set(knownModels());
  expect(models.filter((id) => !families.has(modelFamily(id)))).toEqual([]);
});

test("every block type of the SDK's request types is known", () => {
  const names = [general, beta].flatMap((source) =>
    [...source.matchAll(/export type (?:Beta)?ContentBlockParam =([^;]+);/g)].flatMap((match) =>
      (match[1] ?? "").split("|").map((name) => [source, name.trim()] as const),
    ),
  );
  expect(names.length).toBeGreaterThan(35);
  const types = names.map(([source, name]) => typeOf(source, name));
  expect(types.filter((type) => type === undefined)).toEqual([]);
  expect([...new Set(types)].filter((type) => !KNOWN_TYPES.has(type ?? ""))).toEqual([]);
});

test("every request param of the SDK is known", () => {
  const fields = [general, beta].flatMap((source) =>
    [...source.matchAll(/export interface Message(?:CreateParamsBase|CountTokensParams)[^{]*\{(.*?)\n\}/gs)].flatMap((match) =>
      [...(match[1] ?? "").matchAll(/^ {4}'?([\w-]+)'?\??:/gm)].map((field) => field[1] as string),
    ),
  );
  expect(fields.length).toBeGreaterThan(60);
  expect([...new Set(fields)].filter((field) => !BODY_FIELDS.has(field))).toEqual([]);
});

/** The value of `type` in an interface of that name. */
function typeOf(source: string, name: string): string | undefined {
  const start = source.indexOf(`export interface ${name} {`);
  if (start < 0) return undefined;
  return /\n {4}type: '([a-z_]+)';/.exec(source.slice(start))?.[1];
}
