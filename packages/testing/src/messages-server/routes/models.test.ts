import { factsFromModelInfo, knownModels, type ModelFacts, modelFacts } from "@antiphon/core";
import Anthropic from "@anthropic-ai/sdk";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startMessagesServer, type MessagesServer } from "../index.ts";
import { LISTED_MODELS } from "../models.ts";

const connect = ({ url }: MessagesServer) => new Anthropic({ apiKey: "practice", baseURL: url, maxRetries: 0 });

test("models are listed in pages, and found by id or alias", async () => {
  await using server = await startMessagesServer({ models: ["my-model"] });
  const client = connect(server);
  const ids = [];
  for await (const model of client.models.list({ limit: 5 })) ids.push(model.id);
  expect(ids).toEqual(["my-model", ...LISTED_MODELS]);
  const firstPage = await client.models.list({ before_id: "claude-haiku-5-5", limit: 2 });
  expect(firstPage.data.map(({ id }) => id)).toEqual(["claude-fable-5-2", "claude-mythos-5-2"]);
  expect(await client.models.retrieve("claude-haiku-4-5-20251001")).toMatchObject({
    type: "model",
    display_name: "Claude Haiku 4.5",
    max_input_tokens: 200_000,
  });
  await expect(client.models.retrieve("no-model")).rejects.toMatchObject({ status: 404, type: "not_found_error" });
});

test("the listed models are those of the SDK's types", () => {
  const types = readFileSync(new URL("resources/messages/messages.d.ts", import.meta.resolve("@anthropic-ai/sdk")), "utf8");
  const union = /export type Model = ([^;]*);/.exec(types)![1]!.replaceAll(/\(.*?\)/g, "");
  expect([...union.matchAll(/'(claude-[\w-]+)'/g)].map(([, id]) => id)).toEqual([...LISTED_MODELS]);
});

test("what is said of a model is what is known of it, and what nobody published is null and no fact", async () => {
  await using server = await startMessagesServer({ models: ["my-model"] });
  const client = connect(server);
  const own = await client.models.retrieve("my-model");
  expect(own).toMatchObject({
    max_input_tokens: null,
    max_tokens: null,
    capabilities: { effort: null, thinking: null, structured_outputs: null },
  });
  expect(factsFromModelInfo(own)).toEqual({ lifecycle: "active" });
  for (const id of knownModels()) {
    const known = modelFacts(id)!;
    for (const [name, said] of Object.entries(factsFromModelInfo(await client.models.retrieve(id)))) {
      // That it answers here is all that is meant.
      if (name === "lifecycle") continue;
      const both = [said, known[name as keyof ModelFacts]].map((value) => (Array.isArray(value) ? new Set(value) : value));
      expect([id, name, both[0]]).toEqual([id, name, both[1]]);
    }
  }
});
