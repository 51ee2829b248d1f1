import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMessagesServer, type MessagesServer } from "../index.ts";

interface Case {
  readonly rule: string;
  readonly with: Record<string, unknown>;
  readonly without?: readonly string[];
  readonly rulesOff?: readonly string[];
  /** The API's text, or its beginning. */
  readonly message: string;
}

const cases = JSON.parse(readFileSync(new URL("body-rules.test.json", import.meta.url), "utf8")) as readonly Case[];
const valid = { model: "claude-sonnet-4-5", max_tokens: 64, messages: [{ role: "user", content: "hi" }] };
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAAAA";
const image = (data: string) => ({ type: "image", source: { type: "base64", media_type: "image/png", data } });

let server: MessagesServer;
beforeAll(async () => {
  server = await startMessagesServer();
});
afterAll(() => server.close());

const post = async (body: unknown, { url = server.url, version = "2026-10-21" } = {}) => {
  const headers = { authorization: "Bearer practice", "anthropic-version": version, "content-type": "application/json" };
  const response = await fetch(`${url}/v1/messages`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const invalid = (message: string) => ({
  status: 400,
  body: {
    type: "error",
    error: { type: "invalid_request_error", message: expect.stringMatching(startingWith(message)) },
    request_id: expect.any(String),
  },
});
const startingWith = (text: string) => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);

describe("a body that breaks a rule is answered 400 with the rule's text", () => {
  test.each(cases)("$rule", async ({ with: fields, without = [], rulesOff, message }) => {
    const body = Object.fromEntries(Object.entries({ ...valid, ...fields }).filter(([field]) => !without.includes(field)));
    await using other = rulesOff && (await startMessagesServer({ rulesOff }));
    expect(await post(body, { url: (other ?? server).url })).toEqual(invalid(message));
  });

  test.each([
    { rule: "body-shape", body: "[]", message: "Input should be a valid dictionary" },
    {
      rule: "messages-too-many",
      body: { ...valid, messages: Array.from({ length: 100_001 }, () => valid.messages[0]) },
      message: "messages: there is a limit of 100,000 messages",
    },
    {
      rule: "image-over-5-mb",
      body: withImage(5 * 1024 * 1024),
      message: "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum",
    },
    {
      rule: "image-over-10-mb",
      body: withImage(10 * 1024 * 1024),
      message: "messages.0.content.0.image.source.base64: image exceeds 10 MB maximum",
    },
  ])("$rule", async ({ body, message }) => {
    expect(await post(body)).toEqual(invalid(message));
  });
});

function withImage(bytes: number): unknown {
  return { ...valid, messages: [{ role: "user", content: [image(png + "A".repeat(bytes))] }] };
}

test("the body that the cases are made from is accepted", async () => {
  expect((await post(valid)).status).toBe(200);
});

test("every rule of the body has a case here", async () => {
  const path = new URL("../../../../core/src/request/rules/all-rules.ts", import.meta.url).href;
  const { RULES } = (await import(/* @vite-ignore */ path)) as { RULES: readonly { readonly id: string; readonly confidence: string }[] };
  const tried = [
    ...cases.map(({ rule }) => rule),
    "body-shape",
    "messages-too-many",
    "image-over-5-mb",
    "image-over-10-mb",
    "body-too-large",
  ];
  expect(
    RULES.filter(({ confidence }) => confidence !== "legacy")
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual([...new Set(tried)].toSorted());
});

test("a body over 32 MB gets the bare 413 of what stands in front of the API", async () => {
  const { status, body } = await post({ ...valid, messages: [{ role: "user", content: "a".repeat(32 * 1024 * 1024) }] });
  expect({ status, body }).toEqual({
    status: 413,
    body: { error: { type: "request_too_large", message: "Request exceeds the maximum size" } },
  });
});

test("what the version of 2026-10-21 took away is accepted from a client that names an older one", async () => {
  expect((await post({ ...valid, top_k: 5 }, { version: "2023-06-01" })).status).toBe(200);
});

test("a rule that is turned off is not applied", async () => {
  await using lenient = await startMessagesServer({ rulesOff: ["text-blank"] });
  const blank = {
    ...valid,
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "hi" },
          { type: "text", text: " " },
        ],
      },
    ],
  };
  expect((await post(blank)).status).toBe(400);
  expect((await post(blank, { url: lenient.url })).status).toBe(200);
});

test("a rejected request takes nothing from the script", async () => {
  await using scripted = await startMessagesServer();
  scripted.script("first");
  await post({ ...valid, messages: [] }, { url: scripted.url });
  expect(scripted.scripted).toBe(1);
  expect((await post(valid, { url: scripted.url })).body.content).toEqual([{ type: "text", text: "first" }]);
});
