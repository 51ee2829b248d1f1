import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startMessagesServer } from "../index.ts";
import { BETA_FIELDS } from "./beta-fields.ts";
import { KNOWN_BETAS } from "./betas.ts";
import { SERVER_RULES } from "./server-rules.ts";

const valid = { model: "claude-sonnet-4-5", max_tokens: 64, messages: [{ role: "user", content: "hi" }] };
const good = { "x-api-key": "practice", "anthropic-version": "2026-10-21" };

const post = async (headers: Record<string, string>, body: unknown = valid, options = {}) => {
  await using server = await startMessagesServer(options);
  const response = await fetch(`${server.url}/v1/messages`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const { error } = (await response.json()) as { error?: { type: string; message: string } };
  return { status: response.status, ...error };
};

test("without a key it is 401", async () => {
  expect(await post({ "anthropic-version": "2026-10-21" })).toEqual({
    status: 401,
    type: "authentication_error",
    message: "x-api-key header is required",
  });
  expect(await post({ ...good, "x-api-key": " " })).toMatchObject({ status: 401 });
});

test("a key that is not among apiKeys is 401, by bearer token and by x-api-key", async () => {
  const options = { apiKeys: ["right"] };
  const refused = { status: 401, type: "authentication_error", message: "invalid x-api-key" };
  expect(await post({ ...good, "x-api-key": "wrong" }, valid, options)).toEqual(refused);
  expect(await post({ "anthropic-version": "2026-10-21", authorization: "Bearer wrong" }, valid, options)).toEqual(refused);
  expect(await post({ "anthropic-version": "2026-10-21", authorization: "Bearer right" }, valid, options)).toEqual({ status: 200 });
  expect(await post({ ...good, "x-api-key": "right" }, valid, options)).toEqual({ status: 200 });
});

test("without a version header it is 400", async () => {
  expect(await post({ "x-api-key": "practice" })).toEqual({
    status: 400,
    type: "invalid_request_error",
    message: "anthropic-version: header is required",
  });
});

test("an unknown beta value is 400 with every unknown one named", async () => {
  expect(await post({ ...good, "anthropic-beta": "skills-2025-10-02, nope-1,nope-2" })).toEqual({
    status: 400,
    type: "invalid_request_error",
    message:
      "Unexpected value(s) `nope-1`, `nope-2` for the `anthropic-beta` header. Please consult our documentation at platform.claude.com/docs or try again without the header.",
  });
});

test("a beta value that the server was told of is accepted", async () => {
  expect(await post({ ...good, "anthropic-beta": "nope-1" }, valid, { betas: ["nope-1"] })).toEqual({ status: 200 });
});

test("every beta value that the SDK's types name is known", () => {
  const types = readFileSync(new URL("resources/beta/beta.d.ts", import.meta.resolve("@anthropic-ai/sdk")), "utf8");
  const named = /export type AnthropicBeta = ([^;]*);/.exec(types)![1]!.match(/(?<=')[\w-]+-\d{4}-\d{2}-\d{2}(?=')/g)!;
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((value) => !KNOWN_BETAS.has(value))).toEqual([]);
});

test("a body that is not JSON is 400", async () => {
  expect(await post(good, "{")).toEqual({ status: 400, type: "invalid_request_error", message: "The request body is not valid JSON" });
});

test("an unknown model is 404, unless the server was told of it", async () => {
  const body = { ...valid, model: "claude-does-not-exist" };
  expect(await post(good, body)).toEqual({ status: 404, type: "not_found_error", message: "model: claude-does-not-exist" });
  expect(await post(good, body, { models: ["claude-does-not-exist"] })).toEqual({ status: 200 });
});

test("a prompt over the context window is 400 with both numbers", async () => {
  const body = { ...valid, messages: [{ role: "user", content: "a".repeat(800_000) }] };
  expect(await post(good, body)).toEqual({
    status: 400,
    type: "invalid_request_error",
    message: "prompt is too long: 200006 tokens > 200000 maximum",
  });
});

test("block binding without its beta header is an extra input", async () => {
  const body = {
    ...valid,
    model: "claude-sonnet-5-5",
    thinking: { type: "adaptive", block_binding: { prefix_mismatch_behavior: "drop_block" } },
  };
  expect(await post(good, body)).toMatchObject({ status: 400, message: "thinking.block_binding: Extra inputs are not permitted" });
});

test.each([
  ["context_management", { edits: [{ type: "clear_thinking_20251015", keep: "all" }] }, "context-management-2025-06-27"],
  ["mcp_servers", [{ type: "url", name: "deepwiki", url: "https://example.com/mcp" }], "mcp-client-2025-11-20"],
  ["fallbacks", "default", "server-side-fallback-2026-07-01"],
])("%s without its beta header is an extra input", async (field, value, beta) => {
  const refused = { status: 400, type: "invalid_request_error", message: `${field}: Extra inputs are not permitted` };
  expect(await post(good, { ...valid, [field]: value })).toEqual(refused);
  expect(await post({ ...good, "anthropic-beta": "skills-2025-10-02" }, { ...valid, [field]: value })).toEqual(refused);
  expect(await post({ ...good, "anthropic-beta": `skills-2025-10-02,${beta}` }, { ...valid, [field]: value })).toEqual({ status: 200 });
  expect(await post(good, { ...valid, [field]: null })).toEqual({ status: 200 });
});

test("the fields that need a beta header are those that only the beta endpoint's types have, and each has a beta value", () => {
  const paramsOf = (file: string) => {
    const types = readFileSync(new URL(`resources/${file}.d.ts`, import.meta.resolve("@anthropic-ai/sdk")), "utf8");
    const base = /export interface MessageCreateParamsBase \{([^]*?)\n\}/.exec(types)![1]!;
    return [...base.matchAll(/^ {4}(\w+)\??:/gm)].map(([, field]) => field!);
  };
  const general = new Set(paramsOf("messages/messages"));
  const betaOnly = paramsOf("beta/messages/messages").filter((field) => !general.has(field) && field !== "betas");
  expect(Object.keys(BETA_FIELDS)).toEqual(betaOnly.toSorted());
  const unknown = Object.values(BETA_FIELDS)
    .flat()
    .filter((start) => ![...KNOWN_BETAS].some((value) => value.startsWith(start)));
  expect(unknown).toEqual([]);
});

test("a message thread cannot be continued, since nothing is kept", async () => {
  const body = { ...valid, thread: { type: "continue", previous_message_id: "msg_1" } };
  const threads = { ...good, "anthropic-beta": "message-threads-2026-08-12" };
  expect(await post(threads, body)).toMatchObject({ status: 404, type: "not_found_error", details: { error_code: "thread_not_found" } });
});

test("a path that is no route is 404", async () => {
  await using server = await startMessagesServer();
  const response = await fetch(`${server.url}/v1/complete`, { method: "POST", headers: good, body: "{}" });
  expect({ status: response.status, body: await response.json() }).toMatchObject({
    status: 404,
    body: { error: { type: "not_found_error" } },
  });
});

const page = readFileSync(new URL("../../../../../docs/practice-server.md", import.meta.url), "utf8");

test("the documentation lists every rule of the server with its certainty", () => {
  for (const [id, { says, status, certainty }] of Object.entries(SERVER_RULES))
    expect(page).toContain(`| \`${id}\` | ${status} | ${certainty} | ${says} |`);
});

test("the documentation lists every rule of the body under its certainty", async () => {
  const path = new URL("../../../../core/src/request/rules/all-rules.ts", import.meta.url).href;
  const { RULES } = (await import(/* @vite-ignore */ path)) as { RULES: readonly { readonly id: string; readonly confidence: string }[] };
  const certaintyOf = (confidence: string) => (confidence === "recorded" || confidence === "official" ? confidence : "hearsay");
  for (const certainty of ["recorded", "official", "hearsay"]) {
    const ids = RULES.filter(({ confidence }) => confidence !== "legacy" && certaintyOf(confidence) === certainty).map(({ id }) => id);
    expect(page).toContain(`- ${certainty}: ${ids.map((id) => `\`${id}\``).join(", ")}\n`);
  }
});
