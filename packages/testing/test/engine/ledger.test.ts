import { AntiphonError, MemoryUsageLedger, requestsOf, type TurnEvent, type UsageRow } from "@antiphon/core";
import { gate, type Reply, toolUse } from "@antiphon/testing/messages-server";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Practice, practice, type PracticeOptions, say } from "./practice.ts";

const tools = [{ name: "look", input_schema: { type: "object" }, run: () => "a cat" }];
const CUT = { content: "This is going to break off here.", faults: [{ kind: "cut", at: { beforeEvent: "message_delta" } }] } as const;
const OVERLOADED = { error: { status: 529, type: "overloaded_error", message: "Overloaded" } } as const;

async function accounted(options: PracticeOptions = {}) {
  const ledger = new MemoryUsageLedger();
  const at = await practice({ ledger, tools, ...options });
  const rowsOf = ({ id: conversationId }: { readonly id: string }): Promise<UsageRow[]> => Array.fromAsync(ledger.read({ conversationId }));
  return { at, ledger, rowsOf, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() };
}

const ends = (rows: readonly UsageRow[]) => rows.map(({ end, stopReason, outcome, status }) => status ?? outcome ?? stopReason ?? end);

describe("each request is one row of the ledger", () => {
  test("as its reply's entry has it, all requests of a turn under the turn's input", async () => {
    await using on = await accounted();
    const conversation = await on.at.start();
    on.at.server.script({ content: [toolUse("look", {})] });
    const turn = conversation.send("Look.");
    await turn.result;
    const rows = await on.rowsOf(conversation);
    expect(rows).toEqual(requestsOf(conversation.id, conversation.entries));
    const { entryId } = await turn.accepted;
    expect(rows.map(({ turnId }) => turnId)).toEqual([entryId, entryId]);
    expect(ends(rows)).toEqual(["tool_use", "end_turn"]);
  });

  test("refused ones, and those whose reply broke off", async () => {
    await using on = await accounted({ limits: { retries: 0 } });
    const conversation = await on.at.start();
    on.at.server.script({ content: "I", stop_reason: "refusal" }, CUT);
    await say(conversation, "Something bad.");
    await say(conversation, "Something good.");
    expect(ends(await on.rowsOf(conversation))).toEqual(["refusal", "cut"]);
    expect((await on.rowsOf(conversation)).every(({ usage }) => typeof usage?.["input_tokens"] === "number")).toBe(true);
  });

  test("those that the API did not take, and those that were made again", async () => {
    await using on = await accounted();
    const conversation = await on.at.start();
    on.at.server.script(OVERLOADED, { content: "Hi.", faults: [{ kind: "cut", at: { afterEvents: 1 } }] });
    await say(conversation);
    await say(conversation);
    expect(ends(await on.rowsOf(conversation))).toEqual([529, "interrupted", "end_turn"]);
  });

  test("those that were called off before anything came, but not one that was never sent", async () => {
    await using on = await accounted();
    const conversation = await on.at.start();
    await conversation.send("Never mind.", { signal: AbortSignal.abort() }).result;
    expect(await on.rowsOf(conversation)).toEqual([]);
    on.at.server.script({ content: "Hi.", faults: [{ kind: "hold", gate: gate(), at: "headers" }] });
    const abort = new AbortController();
    const turn = conversation.send("Hello.", { signal: abort.signal });
    await on.at.server.received(1);
    abort.abort();
    await turn.result;
    expect(ends(await on.rowsOf(conversation))).toEqual(["aborted"]);
  });

  test("replies of the caller's own loop, whose iterations are all counted", async () => {
    await using on = await accounted();
    const conversation = await on.at.start();
    await conversation.append({ role: "user", content: "Hello." }, { origin: "human" });
    const counts = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    const iterations = [
      { type: "compaction", input_tokens: 500, output_tokens: 50, ...counts },
      { type: "message", input_tokens: 10, output_tokens: 5, ...counts },
    ];
    const usage = { input_tokens: 10, output_tokens: 5, ...counts, iterations };
    const message = { model: "claude-sonnet-5-5", content: [{ type: "text", text: "Hi." }], stop_reason: "end_turn", usage };
    await conversation.record(message);
    expect(ends(await on.rowsOf(conversation))).toEqual(["end_turn"]);
    expect(await on.ledger.sum({ conversationId: conversation.id })).toMatchObject({ totals: { input_tokens: 510, output_tokens: 55 } });
  });

  test("whatever comes of them, in any order, and the server counts as many", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(ANSWERS)), { minLength: 1, maxLength: 6 }), async (kinds) => {
        await using on = await accounted({ limits: { retries: 1 } });
        const conversation = await on.at.start();
        on.at.server.script(...kinds.map((kind) => ANSWERS[kind]!));
        for (const _ of kinds) await say(conversation);
        const rows = await on.rowsOf(conversation);
        expect(rows).toHaveLength(on.at.server.requests.length);
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
        const { conversation: sum } = await conversation.usage();
        expect(sum.requests).toBe(rows.length);
      }),
      { numRuns: 40 },
    ));
});

const ANSWERS: Readonly<Record<string, Reply>> = {
  text: "Well.",
  tool: { content: [toolUse("look", {})] },
  refusal: { content: "I", stop_reason: "refusal" },
  cut: CUT,
  "cut at once": { content: "Hi.", faults: [{ kind: "cut", at: { afterEvents: 1 } }] },
  overloaded: OVERLOADED,
  "too long": { error: { status: 400, type: "invalid_request_error", message: "prompt is too long: 9 tokens > 1 maximum" } },
  pause: { content: "Searching", stop_reason: "pause_turn" },
};

describe("a ledger that fails", () => {
  class BrokenLedger extends MemoryUsageLedger {
    broken = true;

    override async record(rows: readonly UsageRow[]): Promise<void> {
      if (this.broken) throw new AntiphonError("store_failed", "The disk is full.");
      await super.record(rows);
    }
  }

  const eventsOf = (events: readonly TurnEvent[]) => events.filter(({ type }) => type === "usage-unrecorded");

  test("fails no turn; the turn tells it, and the rows are recorded once it takes them again", async () => {
    const ledger = new BrokenLedger();
    await using at = await practice({ ledger });
    const conversation = await at.start();
    const turn = conversation.send("Hello.");
    expect(eventsOf(await Array.fromAsync(turn))).toEqual([{ type: "usage-unrecorded", rows: 1, message: "The disk is full." }]);
    expect((await turn.result).outcome).toEqual({ type: "completed", empty: false });
    await conversation.append({ role: "user", content: "And?" }, { origin: "human" });
    const message = { model: "m", content: [{ type: "text", text: "So." }], stop_reason: "end_turn" };
    await conversation.record(message);
    ledger.broken = false;
    await say(conversation);
    const rows = await Array.fromAsync(ledger.read({ conversationId: conversation.id }));
    expect(rows).toEqual(requestsOf(conversation.id, conversation.entries));
    expect(rows).toHaveLength(3);
  });

  test("and the process with it: the next turn, in another process, accounts for the reply that is there", async () => {
    const before = await died({ ledger: new BrokenLedger() });
    await using on = await accounted({ environment: before.environment, store: () => before.store });
    const conversation = await on.at.chat.open(before.id);
    await say(conversation);
    expect(await on.rowsOf(conversation)).toEqual(requestsOf(conversation.id, conversation.entries));
    await say(conversation);
    expect(await on.rowsOf(conversation)).toHaveLength(3);
  });

  async function died(options: PracticeOptions): Promise<Pick<Practice, "store" | "environment"> & { readonly id: string }> {
    await using at = await practice(options);
    const conversation = await at.start();
    await say(conversation);
    return { ...at, id: conversation.id };
  }
});
