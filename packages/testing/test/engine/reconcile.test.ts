import type { Settings, TurnEvent } from "@antiphon/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messagesOf, MODEL, practice, replies, say } from "./practice.ts";

const disagreed = (events: readonly TurnEvent[]) =>
  events.flatMap((event) => (event.type === "prefix-disagreed" ? event.disagreements : []));
const controls = { betas: ["thinking-binding-controls-2026-08-01"] };
const thinking = { type: "adaptive", block_binding: { prefix_mismatch_behavior: "drop_block" } } as const;

/** A conversation whose first reply was made, by the caller's own loop, behind another system prompt than is known here. */
async function withForeignReply(settings: Partial<Settings>) {
  const at = await practice();
  const conversation = await at.start({ system: "Be brief.", ...settings });
  await conversation.append({ role: "user", content: "First." });
  const messages = [{ role: "user" as const, content: "First." }];
  await conversation.record(await at.client.messages.create({ model: MODEL, max_tokens: 1024, system: "Be long.", messages }));
  return { at, conversation, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

describe("thinking that the API takes for another conversation's", () => {
  test("and drops is told once, is among the reply's facts, and goes on being sent: what was thought since is bound to it", async () => {
    await using made = await withForeignReply({ ...controls, thinking });
    const { at, conversation } = made;
    const turn = conversation.send("Second.");
    const events = await Array.fromAsync(turn);
    const told = [{ type: "thinking-dropped", reason: "prefix_binding_mismatch", entryId: replies(conversation)[0]!.id }];
    expect(disagreed(events)).toEqual(told);
    expect(replies(conversation)[1]!.reply!.disagreements).toEqual(told);
    const again = conversation.send("Third.");
    expect(disagreed(await Array.fromAsync(again))).toEqual([]);
    expect((await again.result).outcome.type).toBe("completed");
    const [before, after] = at.server.requests.slice(-2).map(({ body }) => messagesOf(body));
    expect(after!.slice(0, before!.length)).toEqual(before);
    expect(before![1]!.content[0]!.type).toBe("thinking");
  });

  test("and refuses is told too, by the entries that are sent without it from then on", async () => {
    await using made = await withForeignReply({});
    const { conversation } = made;
    const events = await Array.fromAsync(conversation.send("Second."));
    const told = [{ type: "thinking-rejected", reason: "prefix_binding_mismatch", entryId: replies(conversation)[0]!.id }];
    expect(disagreed(events)).toEqual(told);
  });

  test("and shows to the model all the same is told as that; what nobody knows yet is left alone", async () => {
    await using at = await practice();
    const conversation = await at.start();
    await say(conversation);
    const path = "messages.1.content.0";
    const input_transformations = [
      { type: "thinking_mismatch_allowed", reason: "prefix_binding_mismatch", path },
      { type: "thinking_polished", reason: "x", path },
      { type: "thinking_dropped", reason: "model_binding_mismatch", path: "nowhere" },
    ];
    at.server.script({ content: "Well.", more: { input_transformations } });
    expect(disagreed(await Array.fromAsync(conversation.send("And?")))).toEqual([
      { type: "thinking-mismatched", reason: "prefix_binding_mismatch", entryId: replies(conversation)[0]!.id },
      { type: "thinking-dropped", reason: "model_binding_mismatch" },
    ]);
  });
});

describe("a cache that the API missed", () => {
  const missed = { diagnostics: { cache_miss_reason: { type: "messages_changed", cache_missed_input_tokens: 500 } } };

  test("is told where the request only went on, and is among the reply's facts", async () => {
    await using at = await practice();
    const conversation = await at.start({ diagnostics: {} });
    await say(conversation);
    at.server.script({ content: "Well.", more: missed });
    const told = [{ type: "cache-missed", reason: "messages_changed", tokens: 500 }];
    expect(disagreed(await Array.fromAsync(conversation.send("And?")))).toEqual(told);
    expect(replies(conversation)[1]!.reply!.disagreements).toEqual(told);
  });

  test("is no news where something was changed on purpose, nor of a first request, nor where the API knows nothing", async () => {
    await using at = await practice();
    const conversation = await at.start({ diagnostics: {}, system: "Be brief." });
    at.server.script({ content: "Well.", more: missed });
    expect(disagreed(await Array.fromAsync(conversation.send("Begin.")))).toEqual([]);
    await conversation.update({ system: "Be long." }, { accept: true, swap: true });
    const events = await Array.fromAsync(conversation.send("And?"));
    expect(replies(conversation)[1]!.reply!.extra).toMatchObject({ diagnostics: { cache_miss_reason: { type: "system_changed" } } });
    expect(disagreed(events)).toEqual([]);
    at.server.script({ content: "Well.", more: { diagnostics: { cache_miss_reason: { type: "unavailable" } } } });
    expect(disagreed(await Array.fromAsync(conversation.send("So?")))).toEqual([]);
  });

  test("the API and the ledger agree, whatever is done in a conversation", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("say", "tool", "cut", "refused", "regenerate", "undo", "fork", "system", "append"), { maxLength: 8 }),
        async (steps) => {
          const tools = [{ name: "look", input_schema: { type: "object" }, run: () => "a cat" }];
          await using at = await practice({ tools });
          let conversation = await at.start({ ...controls, diagnostics: {}, system: "Be brief." });
          const ask = async () => expect(disagreed(await Array.fromAsync(conversation.send("And?")))).toEqual([]);
          await ask();
          for (const step of steps) {
            const said = replies(conversation);
            if (step === "tool") at.server.script({ content: [{ type: "tool_use", name: "look", input: {} }] });
            if (step === "refused") at.server.script({ content: "I", stop_reason: "refusal" });
            if (step === "cut")
              at.server.script({ content: "This breaks off.", faults: [{ kind: "cut", at: { beforeEvent: "message_delta" } }] });
            if (step === "system") await conversation.update({ system: `Be ${said.length}.` }, { accept: true });
            if (step === "append") await conversation.append({ role: "user", content: "By the way." });
            if (step === "regenerate" && said.length > 0)
              expect(disagreed(await Array.fromAsync(await conversation.regenerate()))).toEqual([]);
            if (step === "undo" && said.length > 0) await conversation.undo();
            if (step === "fork" && said.length > 0) conversation = await conversation.fork(said[0]!.id);
            await ask();
          }
          expect(at.server.requests.map(({ status }) => status)).toEqual(at.server.requests.map(() => 200));
        },
      ),
      { numRuns: 40 },
    ));
});
