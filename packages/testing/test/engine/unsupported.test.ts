import { expect, test } from "vitest";
import { MODEL, practice } from "./practice.ts";

test.each([
  ["a thinking mode", { thinking: { type: "disabled" } }, "`thinking.type`"],
  ["more tokens than its cap", { max_tokens: 10_000_000 }, "`max_tokens`"],
] as const)(
  "%s that the model does not take makes no conversation and no change, and is told with what to do",
  async (_, settings, said) => {
    await using at = await practice();
    const refused = { code: "unsupported_by_model", retryable: false, message: expect.stringContaining(said) };
    await expect(at.start(settings)).rejects.toMatchObject(refused);
    const conversation = await at.start();
    await expect(conversation.update(settings)).rejects.toMatchObject(refused);
    expect(conversation.settings).toEqual({ model: MODEL, max_tokens: 1024 });
    expect((await at.chat.list()).conversations).toHaveLength(1);
  },
);

test("a prefill that the model does not take fails before the request, with what to do", async () => {
  await using at = await practice();
  const conversation = await at.start();
  await conversation.append({ role: "user", content: "Begin." }, { origin: "human" });
  await conversation.append({ role: "assistant", content: "Sure, here is" });
  const { outcome } = await conversation.resume().result;
  expect(outcome).toMatchObject({ type: "failed", failure: { code: "unsupported_by_model", retryable: false } });
  expect(outcome.type === "failed" && outcome.failure.message).toMatch(/prefill|assistant message/i);
  expect(at.server.requests).toEqual([]);
});
