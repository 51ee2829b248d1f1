const PER_MINUTE = { requests: 4_000, "input-tokens": 2_000_000, "output-tokens": 400_000 } as const;
const MINUTE_MS = 60_000;

type Counted = keyof typeof PER_MINUTE;

/** Counts what each minute used and says so in the `anthropic-ratelimit-*` headers. It limits nothing: a 429 is scripted. */
export class RateLimits {
  readonly #clock: () => number;
  #minute = -1;
  #used: Record<Counted, number> = { requests: 0, "input-tokens": 0, "output-tokens": 0 };

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  use(amounts: Partial<Record<Counted, number>>): void {
    const minute = Math.floor(this.#clock() / MINUTE_MS);
    if (minute !== this.#minute) this.#used = { requests: 0, "input-tokens": 0, "output-tokens": 0 };
    this.#minute = minute;
    for (const name of Object.keys(amounts) as Counted[]) this.#used[name] += amounts[name] ?? 0;
  }

  headers(): Record<string, string> {
    const reset = new Date((this.#minute + 1) * MINUTE_MS).toISOString();
    const names = Object.keys(PER_MINUTE) as Counted[];
    return Object.fromEntries(
      names.flatMap((name) => [
        [`anthropic-ratelimit-${name}-limit`, String(PER_MINUTE[name])],
        [`anthropic-ratelimit-${name}-remaining`, String(Math.max(0, PER_MINUTE[name] - this.#used[name]))],
        [`anthropic-ratelimit-${name}-reset`, reset],
      ]),
    );
  }
}
