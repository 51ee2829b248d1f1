import Anthropic from "@anthropic-ai/sdk";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startMessagesServer } from "./index.ts";
import { bodyViolation } from "./rules/body-rules.ts";
import { SINCE_2026_10_21 } from "./rules/check-request.ts";

interface Recording {
  readonly file: string;
  readonly kind: "sse" | "message" | "error" | "count_tokens";
  readonly status: number;
  readonly sdk_final: string;
  readonly request_file: string | null;
  readonly url: string;
}

const folder = new URL("../../../../../shared/recordings/", import.meta.url);
const index = new URL("index.json", folder);
const recordings = existsSync(index) ? (JSON.parse(readFileSync(index, "utf8")) as readonly Recording[]) : [];
const hello = { model: "claude-sonnet-4-6", max_tokens: 64, messages: [{ role: "user" as const, content: "hello" }] };

if (recordings.length === 0) console.warn(`no recordings in ${folder.pathname}: tests that play them are skipped`);

describe.skipIf(recordings.length === 0)("recorded replies of the real API, played verbatim", () => {
  test("every recorded stream reaches the client byte for byte", async () => {
    const streams = recordings.filter(({ kind }) => kind === "sse");
    expect(streams.length).toBeGreaterThan(100);
    await using server = await startMessagesServer();
    const client = new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0 });
    for (const { file } of streams) {
      const raw = readFileSync(new URL(file.replaceAll("%", "%25"), folder));
      server.script({ raw });
      const response = await client.beta.messages.create({ ...hello, stream: true }).asResponse();
      expect(Buffer.from(await response.arrayBuffer()).equals(raw), file).toBe(true);
    }
  });

  test("every recorded message reaches the client as it is", async () => {
    const messages = recordings.filter(({ kind }) => kind === "message");
    expect(messages.length).toBeGreaterThan(300);
    await using server = await startMessagesServer();
    const client = new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0 });
    for (const { file } of messages) {
      const raw = readFileSync(new URL(file.replaceAll("%", "%25"), folder));
      server.script({ raw, contentType: "application/json" });
      expect(await client.beta.messages.create(hello), file).toEqual(JSON.parse(raw.toString()));
    }
  });

  test("no recorded request that the API accepted breaks a rule of the body, but for those that the page names", () => {
    const accepted = recordings.filter(({ request_file, status }) => request_file !== null && status === 200);
    expect(accepted).toHaveLength(492);
    const broken = accepted.flatMap(({ request_file, url }) => {
      const body: unknown = JSON.parse(readFileSync(new URL(request_file!.replaceAll("%", "%25"), folder), "utf8"));
      const endpoint = url.includes("count_tokens") ? "count_tokens" : "messages";
      const violation = bodyViolation(body, { endpoint, except: [...SINCE_2026_10_21, "text-blank", "image-media-type"] });
      return violation === undefined ? [] : [`${request_file}: ${violation.message}`];
    });
    expect(broken).toEqual([]);
  });

  test("every recorded error reaches the client with its status and type", async () => {
    await using server = await startMessagesServer();
    const client = new Anthropic({ apiKey: "practice", baseURL: server.url, maxRetries: 0 });
    for (const { file, status } of recordings.filter(({ kind }) => kind === "error")) {
      const raw = readFileSync(new URL(file, folder), "utf8");
      server.script({ raw, status, contentType: "application/json" });
      await expect(client.messages.create(hello), file).rejects.toMatchObject({ status, error: JSON.parse(raw) });
    }
  });
});
