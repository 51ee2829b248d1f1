import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-environment.ts";
import { EventChannel } from "./event-channel.ts";
import type { TurnEvent } from "./turn-event.ts";

const END: TurnEvent = { type: "turn-end", outcome: { type: "completed", empty: false } };
const anyEvent: fc.Arbitrary<TurnEvent> = fc.oneof(
  fc.record({ type: fc.constant("text-delta" as const), index: fc.nat({ max: 1 }), text: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant("thinking-delta" as const), index: fc.nat({ max: 1 }), thinking: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant("tool-input-delta" as const), index: fc.nat({ max: 1 }), json: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant("block-stop" as const), index: fc.nat({ max: 1 }), block: fc.constant({ type: "text" }) }),
  fc.record({ type: fc.constant("request-start" as const), request: fc.nat() }),
);

/** What a reader could tell apart: neighbouring deltas of one kind and block are one. */
function joined(events: readonly TurnEvent[]): unknown[] {
  const said: { kind: string; text: string }[] = [];
  for (const event of events) {
    const text = "text" in event ? event.text : "thinking" in event ? event.thinking : "json" in event ? event.json : undefined;
    const kind = text === undefined ? JSON.stringify(event) : `${event.type} ${"index" in event ? event.index : ""}`;
    if (text !== undefined && said.at(-1)?.kind === kind) said.at(-1)!.text += text;
    else said.push({ kind, text: text ?? "" });
  }
  return said;
}

const delta = (at: number): TurnEvent => ({ type: "text-delta", index: at, text: "x" });
const isDone = async (promise: Promise<unknown> | undefined) => {
  let done = false;
  void promise?.then(() => (done = true));
  await settle();
  return done;
};

const progress = (toolUseId: string, value: unknown): TurnEvent => ({ type: "tool-progress", toolUseId, value });

describe("progress", () => {
  test("of a call takes the place of what that call told before, so that a tool that tells much fills no memory", async () => {
    const channel = new EventChannel();
    const reader = channel.read();
    const first = reader.next();
    void channel.emit(delta(0));
    expect(await first).toMatchObject({ value: delta(0) });
    for (let at = 0; at < 1000; at += 1) {
      expect(channel.emit(progress("t1", at)), "nothing waits for a reader that is two events behind").toBeUndefined();
      void channel.emit(progress("t2", at));
    }
    void channel.emit(delta(1));
    void channel.emit(progress("t1", "again"));
    void channel.emit(END);
    const seen = [progress("t1", 999), progress("t2", 999), delta(1), progress("t1", "again"), END];
    expect(await Array.fromAsync(reader)).toEqual(seen);
    expect(await Array.fromAsync(channel.read())).toEqual([delta(0), ...seen]);
  });

  test("reaches a reader that keeps up one by one", async () => {
    const channel = new EventChannel();
    const reader = channel.read();
    for (const at of [1, 2, 3]) {
      const next = reader.next();
      await settle();
      void channel.emit(progress("t1", at));
      expect((await next).value).toEqual(progress("t1", at));
    }
  });
});

describe("events", () => {
  test("reach every reader from the first, whenever it comes; joined deltas say the same", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 40 }), fc.nat({ max: 40 }), async (events, when) => {
        const channel = new EventChannel();
        const early = Array.fromAsync(channel.read());
        await settle();
        for (const event of events.slice(0, when)) void channel.emit(event);
        const middle = Array.fromAsync(channel.read());
        await settle();
        for (const event of [...events.slice(when), END]) void channel.emit(event);
        const late = Array.fromAsync(channel.read());
        expect(await early).toEqual([...events, END]);
        expect(joined(await middle)).toEqual(joined([...events, END]));
        expect(joined(await late)).toEqual(joined([...events, END]));
      }),
      { numRuns: 50 },
    );
  });

  test("are kept in as many pieces as a reader could tell apart, however small they come", async () => {
    const channel = new EventChannel();
    for (let at = 0; at < 10_000; at += 1) void channel.emit(delta(0));
    void channel.emit(END);
    expect(await Array.fromAsync(channel.read())).toEqual([{ type: "text-delta", index: 0, text: "x".repeat(10_000) }, END]);
  });

  test("that were handed out are not changed by what follows", async () => {
    const channel = new EventChannel();
    const first = delta(0);
    void channel.emit(first);
    void channel.emit(delta(0));
    expect(first).toEqual(delta(0));
  });
});

describe("a reader", () => {
  test("that is absent holds nothing up", () => {
    const channel = new EventChannel();
    for (let at = 0; at < 1000; at += 1) expect(channel.emit(delta(at))).toBeUndefined();
  });

  test("that is more than 64 events behind holds the turn up until it has room", async () => {
    const channel = new EventChannel();
    const reader = channel.read();
    void channel.emit(delta(0));
    await reader.next();
    for (let at = 0; at < 64; at += 1) expect(channel.emit(delta(at))).toBeUndefined();
    const full = channel.emit(delta(64));
    expect(await isDone(full)).toBe(false);
    await reader.next();
    expect(await isDone(full)).toBe(true);
  });

  test("that leaves frees the turn", async () => {
    const channel = new EventChannel();
    const reader = channel.read();
    void channel.emit(delta(0));
    await reader.next();
    for (let at = 0; at < 70; at += 1) void channel.emit(delta(at));
    const full = channel.emit(delta(70));
    await reader.return();
    expect(await isDone(full)).toBe(true);
    expect(channel.emit(delta(71))).toBeUndefined();
  });

  test("that is slow holds the turn up for a quick one too", async () => {
    const channel = new EventChannel();
    const [slow, quick] = [channel.read(), channel.read()];
    void channel.emit(delta(0));
    await Promise.all([slow.next(), quick.next()]);
    for (let at = 0; at < 64; at += 1) void channel.emit(delta(at));
    const full = channel.emit(delta(64));
    for (let at = 0; at < 65; at += 1) await quick.next();
    expect(await isDone(full)).toBe(false);
    await slow.next();
    expect(await isDone(full)).toBe(true);
  });

  test("that has stopped reading does not keep the turn from ending", async () => {
    const channel = new EventChannel();
    const reader = channel.read();
    void channel.emit(delta(0));
    await reader.next();
    for (let at = 0; at < 70; at += 1) void channel.emit(delta(at));
    const full = channel.emit(delta(70));
    channel.stopWaiting();
    expect(await isDone(full)).toBe(true);
    expect(channel.emit(END)).toBeUndefined();
  });

  test("that waits is woken by the end", async () => {
    const channel = new EventChannel();
    const all = Array.fromAsync(channel.read());
    await settle();
    void channel.emit(END);
    expect(await all).toEqual([END]);
  });

  test("that asks several times at once is answered in order, and that leaves while it waits is told the end", async () => {
    const channel = new EventChannel();
    const reader = channel.read();
    const steps = [reader.next(), reader.next(), reader.next()];
    void channel.emit(delta(0));
    void channel.emit(delta(1));
    await reader.return();
    expect(await Promise.all(steps)).toEqual([
      { done: false, value: delta(0) },
      { done: false, value: delta(1) },
      { done: true, value: undefined },
    ]);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test("that is thrown into throws, and has left", async () => {
    const channel = new EventChannel();
    const reader = channel.read();
    void channel.emit(delta(0));
    await reader.next();
    await expect(reader.throw(new Error("the reader's own"))).rejects.toThrow("the reader's own");
    for (let at = 0; at < 100; at += 1) expect(channel.emit(delta(at))).toBeUndefined();
  });

  test("that is always a little behind gets everything, in order", async () => {
    const channel = new EventChannel();
    const reader = channel.read();
    void channel.emit(delta(0));
    const seen = [await reader.next()];
    for (let at = 1; at <= 1000; at += 1) {
      void channel.emit(delta(at));
      if (at > 30) seen.push(await reader.next());
    }
    expect(seen.map(({ value }) => (value as { index: number }).index)).toEqual(Array.from({ length: 971 }, (_, at) => at));
  });

  test("that picks gets what it picks, to the end, and what it leaves holds nothing up", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 40 }), fc.nat({ max: 40 }), async (events, when) => {
        const channel = new EventChannel();
        const texts = (): AsyncIterable<string> => channel.read((event) => (event.type === "text-delta" ? event.text : undefined));
        const early = Array.fromAsync(texts());
        await settle();
        for (const event of events.slice(0, when)) void channel.emit(event);
        const late = Array.fromAsync(texts());
        await settle();
        for (const event of [...events.slice(when), END]) void channel.emit(event);
        const said = events.flatMap((event) => (event.type === "text-delta" ? [event.text] : []));
        expect(await early).toEqual(said);
        expect((await late).join("")).toBe(said.join(""));
      }),
      { numRuns: 50 },
    );
    const channel = new EventChannel();
    const reader = channel.read((event) => (event.type === "text-delta" ? event.text : undefined));
    const first = reader.next();
    for (let at = 0; at < 100; at += 1) expect(channel.emit({ type: "request-start", request: at })).toBeUndefined();
    void channel.emit(END);
    expect(await first).toEqual({ done: true, value: undefined });
  });
});
