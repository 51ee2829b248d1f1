import { describe, expect, test } from "vitest";
import { FakeEnvironment, settle } from "../../test/fake-environment.ts";
import { SilenceWatch } from "./silence-watch.ts";

/** A source that says what it is told to, when it is told to. */
class Source implements AsyncIterable<number> {
  readonly #waiting: PromiseWithResolvers<IteratorResult<number>>[] = [];
  returned = false;
  returns = true;
  asked = 0;

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () => {
        this.asked += 1;
        const step = Promise.withResolvers<IteratorResult<number>>();
        this.#waiting.push(step);
        return step.promise;
      },
      return: async () => {
        this.returned = true;
        if (!this.returns) await new Promise(() => undefined);
        return { done: true, value: undefined };
      },
    };
  }

  say(value: number): void {
    this.#waiting.shift()!.resolve({ done: false, value });
  }

  end(): void {
    this.#waiting.shift()!.resolve({ done: true, value: undefined });
  }

  die(error: Error): void {
    this.#waiting.shift()!.reject(error);
  }
}

/** A watched stream, with what was taken of it. `hold` makes the taker busy until it is let go. */
async function begin(limitMs = 1000) {
  const environment = new FakeEnvironment();
  const watch = new SilenceWatch(environment, limitMs);
  const source = new Source();
  const controller = new AbortController();
  const taken: unknown[] = [];
  const taker: { busy: Promise<void> | undefined } = { busy: undefined };
  const signal = AbortSignal.any([controller.signal, watch.signal]);
  let isOver = false;
  const over = watch.over(source, signal, (event) => {
    taken.push(event);
    return taker.busy;
  });
  over.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  await settle();
  return { environment, watch, source, controller, taken, taker, over, isOver: () => isOver };
}

describe("silence", () => {
  test("ends the stream when no byte has come for as long as allowed, and the source is given back", async () => {
    const { environment, watch, source, over, isOver } = await begin();
    await environment.pass(999);
    expect([watch.signal.aborted, isOver()]).toEqual([false, false]);
    await environment.pass(1);
    expect(watch.signal.aborted).toBe(true);
    await over;
    expect(source.returned).toBe(true);
    expect(environment.pending).toBe(0);
  });

  test("is broken by any byte, also by one that is no event", async () => {
    const { environment, watch } = await begin();
    await environment.pass(900);
    watch.heard();
    await environment.pass(900);
    expect(watch.signal.aborted).toBe(false);
    await environment.pass(100);
    expect(watch.signal.aborted).toBe(true);
  });

  test("is not a reader that takes its time, nor does it begin with a byte that nobody waits for", async () => {
    const { environment, watch, source, taken, taker } = await begin();
    const busy = Promise.withResolvers<void>();
    taker.busy = busy.promise;
    source.say(1);
    await environment.pass(30_000);
    watch.heard();
    await environment.pass(30_000);
    expect([watch.signal.aborted, taken]).toEqual([false, [1]]);
    busy.resolve();
    await environment.pass(999);
    expect(watch.signal.aborted).toBe(false);
    await environment.pass(1);
    expect(watch.signal.aborted).toBe(true);
  });
});

describe("a watched stream", () => {
  test("says what its source says, to the end, and leaves no timer", async () => {
    const { environment, source, taken, over } = await begin();
    source.say(1);
    await settle();
    source.say(2);
    await settle();
    source.end();
    await over;
    expect(taken).toEqual([1, 2]);
    expect(environment.pending).toBe(0);
  });

  test("is asked for no more while an event is being taken", async () => {
    const { source, taker } = await begin();
    const busy = Promise.withResolvers<void>();
    taker.busy = busy.promise;
    source.say(1);
    await settle();
    expect(source.asked).toBe(1);
    busy.resolve();
    await settle();
    expect(source.asked).toBe(2);
  });

  test("dies as its source dies, and as its taker does", async () => {
    const first = await begin();
    first.source.die(new Error("reset"));
    await expect(first.over).rejects.toThrow("reset");
    const second = await begin();
    second.taker.busy = Promise.reject(new Error("the disk is gone"));
    second.source.say(1);
    await expect(second.over).rejects.toThrow("the disk is gone");
    expect([first.environment.pending, second.environment.pending, second.source.returned]).toEqual([0, 0, true]);
  });

  test("dies as its taker does, though its source cannot be given back", async () => {
    const { source, taker, over } = await begin();
    source.returns = false;
    taker.busy = Promise.reject(new Error("the disk is gone"));
    source.say(1);
    await expect(over).rejects.toThrow("the disk is gone");
  });

  test("ends at once when it is called off, though its source never answers, and a late death hurts nobody", async () => {
    const { source, controller, over, taken } = await begin();
    controller.abort();
    await over;
    source.die(new Error("late"));
    await settle();
    expect(taken).toEqual([]);
  });

  test("takes nothing any more once it was called off, though its source goes on", async () => {
    const { source, controller, over, taken } = await begin();
    controller.abort();
    await over;
    source.say(1);
    await settle();
    expect(taken).toEqual([]);
  });

  test("that is called off while an event is being taken ends when that is done", async () => {
    const { source, controller, taker, over, isOver } = await begin();
    const busy = Promise.withResolvers<void>();
    taker.busy = busy.promise;
    source.say(1);
    await settle();
    controller.abort();
    await settle();
    expect(isOver()).toBe(false);
    busy.resolve();
    await over;
    expect(source.asked).toBe(1);
  });

  test("that was called off before it began says nothing", async () => {
    const watch = new SilenceWatch(new FakeEnvironment(), 1000);
    const source = new Source();
    await watch.over(source, AbortSignal.abort(), () => expect.unreachable());
    expect(source.asked).toBe(0);
  });
});
