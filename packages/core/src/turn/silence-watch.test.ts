import { describe, expect, test } from "vitest";
import { FakeEnvironment, settle } from "../../test/fake-environment.ts";
import { SilenceWatch } from "./silence-watch.ts";

/** A source that says what it is told to, when it is told to. */
class Source implements AsyncIterable<number> {
  readonly #waiting: PromiseWithResolvers<IteratorResult<number>>[] = [];
  returned = false;

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: () => {
        const step = Promise.withResolvers<IteratorResult<number>>();
        this.#waiting.push(step);
        return step.promise;
      },
      return: async () => {
        this.returned = true;
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

function begin(limitMs = 1000) {
  const environment = new FakeEnvironment();
  const watch = new SilenceWatch(environment, limitMs);
  const source = new Source();
  const controller = new AbortController();
  const events = watch.over(source, AbortSignal.any([controller.signal, watch.signal]));
  return { environment, watch, source, controller, events };
}

describe("silence", () => {
  test("ends the stream when no byte has come for as long as allowed, and the source is given back", async () => {
    const { environment, watch, source, events } = begin();
    const step = events.next();
    await environment.pass(999);
    expect(watch.signal.aborted).toBe(false);
    await environment.pass(1);
    expect(watch.signal.aborted).toBe(true);
    expect(await step).toEqual({ done: true, value: undefined });
    expect(source.returned).toBe(true);
    expect(environment.pending).toBe(0);
  });

  test("is broken by any byte, also by one that is no event", async () => {
    const { environment, watch, events } = begin();
    void events.next();
    await environment.pass(900);
    watch.heard();
    await environment.pass(900);
    expect(watch.signal.aborted).toBe(false);
    await environment.pass(100);
    expect(watch.signal.aborted).toBe(true);
  });

  test("is not a reader that takes its time", async () => {
    const { environment, watch, source, events } = begin();
    const step = events.next();
    await settle();
    source.say(1);
    expect(await step).toEqual({ done: false, value: 1 });
    await environment.pass(60_000);
    expect(watch.signal.aborted).toBe(false);
    void events.next();
    await environment.pass(999);
    expect(watch.signal.aborted).toBe(false);
  });

  test("does not begin with a byte that nobody waits for", async () => {
    const { environment, watch, source, events } = begin();
    const step = events.next();
    await settle();
    source.say(1);
    await step;
    watch.heard();
    await environment.pass(60_000);
    expect(watch.signal.aborted).toBe(false);
  });
});

describe("a watched stream", () => {
  test("says what its source says, to the end, and leaves no timer", async () => {
    const { environment, source, events } = begin();
    const all = Array.fromAsync(events);
    await settle();
    source.say(1);
    await settle();
    source.say(2);
    await settle();
    source.end();
    expect(await all).toEqual([1, 2]);
    expect(environment.pending).toBe(0);
  });

  test("dies as its source dies", async () => {
    const { environment, source, events } = begin();
    const step = events.next();
    await settle();
    source.die(new Error("reset"));
    await expect(step).rejects.toThrow("reset");
    expect(environment.pending).toBe(0);
  });

  test("ends at once when it is called off, though its source never answers, and a late death hurts nobody", async () => {
    const { source, controller, events } = begin();
    const step = events.next();
    await settle();
    controller.abort();
    expect(await step).toEqual({ done: true, value: undefined });
    source.die(new Error("late"));
    await settle();
  });

  test("that was called off before it began says nothing", async () => {
    const { controller, events } = begin();
    controller.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});
