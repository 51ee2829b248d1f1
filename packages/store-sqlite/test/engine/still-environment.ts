import type { Environment } from "@antiphon/core";

/** An environment in which no time passes: timers never fire, the clock stands, and ids count up behind a prefix. */
export function stillEnvironment(prefix: string): Environment {
  let count = 0;
  const next = (): string => `${prefix}-${String((count += 1)).padStart(6, "0")}`;
  return {
    now: () => 1_790_000_000_000,
    after: () => () => undefined,
    randomId: next,
    orderedId: next,
    randomKey: () => "5eed".repeat(16),
  };
}
