import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { modelFacts } from "../src/models/model-facts.ts";
import { validateRequest, type ValidateRequestOptions } from "../src/request/validate-request.ts";

interface Recording {
  readonly file: string;
  readonly request_file: string | null;
  readonly status: number;
  readonly kind: string;
  readonly url: string;
  /** The reply as the SDK accumulated it; not there for seven streams that are invented or double. */
  readonly sdk_final?: string;
  readonly error?: { readonly type: string; readonly message: string };
}

interface Reply {
  readonly model: string;
  readonly stop_reason: string;
  readonly content: readonly { readonly type: string; readonly id?: string }[];
}

const root = fileURLToPath(new URL("../../../../shared/recordings/", import.meta.url));
const present = existsSync(`${root}index.json`);
if (!present) console.warn(`SKIPPED: no recordings at ${root}; recorded requests were not checked`);

const index: readonly Recording[] = present ? JSON.parse(readFileSync(`${root}index.json`, "utf8")) : [];
const withRequest = index.filter((row) => row.request_file !== null);
const accepted = withRequest.filter((row) => row.status === 200);

describe.skipIf(!present)("recorded requests", () => {
  test("there are as many as were counted", () => {
    expect(accepted.length).toBe(492);
    expect(accepted.filter((row) => turnsOf(row) > 1).length).toBe(191);
    expect(accepted.filter((row) => modelIn(row) === undefined).map((row) => row.url)).toEqual([]);
  });

  test("a request that the API accepted has no error, with no exception", () => {
    const wrong = accepted.flatMap((row) => errorsOf(requestOf(row), optionsFor(row)).map((error) => `${row.request_file}: ${error}`));
    expect(wrong).toEqual([]);
  });

  test("a recorded reply that is sent back, its tools answered, has no error", () => {
    const replies = index.filter(({ kind, sdk_final }) => sdk_final !== undefined && (kind === "message" || kind === "sse"));
    expect(replies.length).toBe(504);
    const wrong = replies.flatMap((row) => {
      const reply = JSON.parse(readFileSync(`${root}${row.sdk_final}`, "utf8")) as Reply;
      return errorsOf(nextRequest(reply)).map((error) => `${row.file}: ${error}`);
    });
    expect(wrong).toEqual([]);
  });

  test("every warning on an accepted request is of a rule that says so itself", () => {
    const warnings = accepted.flatMap((row) => validateRequest(requestOf(row), optionsFor(row)));
    expect(warnings.filter(({ contested }) => contested !== true)).toEqual([]);
    const warned = warnings.map(({ rule }) => rule);
    expect(countOf(warned)).toEqual({
      "image-media-type": 2,
      "sampling-parameter-removed": 50,
      "text-blank": 1,
    });
  });

  test("a recorded rejection is foreseen with its own text", () => {
    const rejected = withRequest.filter((row) => row.status === 400);
    expect(rejected.length).toBe(2);
    for (const row of rejected) {
      const first = validateRequest(requestOf(row), { ...optionsFor(row), recordedOnly: true })[0];
      expect(first).toMatchObject({ severity: "error", message: row.error?.message });
    }
  });

  test("a rejection for the account or the model's name is not foreseen: it is not in the body", () => {
    for (const row of withRequest.filter(({ status }) => status === 404 || status === 429)) {
      expect(validateRequest(requestOf(row), optionsFor(row))).toEqual([]);
    }
  });
});

function errorsOf(body: unknown, options?: ValidateRequestOptions): readonly string[] {
  const errors = validateRequest(body, options).filter(({ severity }) => severity === "error");
  return errors.map(({ rule, path }) => `${rule} at ${path}`);
}

/** The request that a plain client makes after a reply: it goes on with a pause, answers every tool, else says a word. */
function nextRequest(reply: Reply): Record<string, unknown> {
  const results = reply.content
    .filter(({ type }) => type === "tool_use")
    .map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: "done" }));
  const answer = results.length > 0 ? results : "Go on";
  const turns = [
    { role: "user", content: "Hello" },
    { role: "assistant", content: reply.content },
    ...(reply.stop_reason === "pause_turn" ? [] : [{ role: "user", content: answer }]),
  ];
  const servers = ["web_search", "web_fetch", "advisor"].map((name) => ({
    type: `${name}_20260318`,
    name,
  }));
  return {
    model: reply.model,
    max_tokens: 1024,
    messages: turns,
    tools: servers,
    mcp_servers: [{ name: "any" }],
  };
}

function optionsFor(row: Recording): ValidateRequestOptions {
  const endpoint = row.url.includes("count_tokens") ? "count_tokens" : "messages";
  const model = modelIn(row);
  return { endpoint, ...(model === undefined ? {} : { model: modelFacts(model) ?? null }) };
}

/** The body's model; for Bedrock and Vertex, the one in the address. */
function modelIn(row: Recording): string | undefined {
  const { model } = requestOf(row);
  if (typeof model === "string") return model;
  return /\/models?\/([^/:]+(?::\d+)?)(?=[/:]|$)/.exec(decodeURIComponent(row.url))?.[1];
}

function turnsOf(row: Recording): number {
  return (requestOf(row)["messages"] as unknown[]).length;
}

const parsed = new Map<string, Record<string, unknown>>();

function requestOf(row: Recording): Record<string, unknown> {
  const file = row.request_file ?? "";
  const body = parsed.get(file) ?? JSON.parse(readFileSync(`${root}${file}`, "utf8"));
  parsed.set(file, body);
  return body;
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
