import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemEnvironment } from "./environment.ts";

describe("the system's timer", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test.each([[1], [1000], [2 ** 31 - 1]])("calls back once after %d ms, and not before", (ms) => {
    const called = vi.fn<() => void>();
    systemEnvironment.after(ms, called);
    vi.advanceTimersByTime(ms - 1);
    expect(called).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledTimes(1);
  });

  test.each([[2 ** 31], [Number.MAX_SAFE_INTEGER], [Number.POSITIVE_INFINITY]])(
    "of %d ms, longer than any timer, never calls back",
    (ms) => {
      const called = vi.fn<() => void>();
      const callOff = systemEnvironment.after(ms, called);
      expect(vi.getTimerCount()).toBe(0);
      vi.advanceTimersByTime(1000);
      callOff();
      expect(called).not.toHaveBeenCalled();
    },
  );

  test("that is called off does not call back", () => {
    const called = vi.fn<() => void>();
    systemEnvironment.after(10, called)();
    vi.advanceTimersByTime(10);
    expect(called).not.toHaveBeenCalled();
  });
});
