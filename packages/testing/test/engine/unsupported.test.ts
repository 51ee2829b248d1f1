import { expect, test } from "vitest";
import { practice } from "./practice.ts";

test.each([
  ["a prefill", { content: [{ role: "assistant" as const, content: "Sure, here is" }], settings: {} }, /prefill|assistant message/i],
  ["a thinking mode", { content: [], settings: { thinking: { type: "disabled" as const } } }, /thinking/],
  ["more tokens than its cap", { content: [], settings: { max_tokens: 10_000_000 } }, /max_tokens/],
])("%s that the model does not take fails before the request, with what to do", async (_what, { content, settings }, said) => {
  await using at = await practice();
  const conversation = await at.chat.create({ model: "claude-sonnet-5-5", max_tokens: 1024, ...settings });
  for (const message of content) {
    await conversation.append({ role: "user", content: "Begin." }, { origin: "human" });
    await conversation.append(message);
  }
  const turn = content.length > 0 ? conversation.resume() : conversation.send("Hello.");
  const { outcome } = await turn.result;
  expect(outcome).toMatchObject({ type: "failed", failure: { code: "unsupported_by_model", retryable: false } });
  expect(outcome.type === "failed" && outcome.failure.message).toMatch(said);
  expect(at.server.requests).toEqual([]);
});
