import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import { antiphon, MemoryStore } from "@antiphon/core";
import { afterEach, describe, expect, test } from "vitest";
import { counts, errors, readMessage, type Recording, recordingsHere } from "./recordings.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A conversation whose API answers everything as it was recorded. */
async function answeredBy({ file, status }: Recording) {
  const body = JSON.stringify(readMessage(file));
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(status, { "content-type": "application/json" }).end(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  open.push(async () => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = new Anthropic({ apiKey: "none", baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 });
  return antiphon({ client, store: new MemoryStore() }).create({ model: "somebody-elses-model", max_tokens: 100 });
}

describe.skipIf(!recordingsHere)("recorded answers that are no reply", () => {
  test("there are some", () => {
    expect(errors.length).toBeGreaterThan(0);
    expect(counts.length).toBeGreaterThan(0);
  });

  test.each(errors.map((recording) => [recording.file, recording] as const))("%s ends a turn as what it says", async (file, recording) => {
    const { error } = readMessage(file) as unknown as { readonly error: { readonly type: string; readonly message: string } };
    const conversation = await answeredBy(recording);
    const { outcome } = await conversation.send("Hello").result;
    const retryable = recording.status === 429;
    expect(outcome).toMatchObject({
      type: "failed",
      failure: { status: recording.status, code: error.type, message: error.message, retryable },
    });
    expect(conversation.entries.map(({ kind }) => kind)).toEqual(["settings", "message"]);
  });

  test.each(counts.map((recording) => [recording.file, recording] as const))("%s is a count", async (file, recording) => {
    const conversation = await answeredBy(recording);
    await conversation.append({ role: "user", content: "Hello" });
    const { input_tokens: tokens } = readMessage(file) as unknown as { readonly input_tokens: number };
    expect(await conversation.countTokens()).toEqual({ tokens, exact: true, margin: 0 });
  });
});
