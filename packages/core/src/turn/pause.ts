import type { Environment } from "../environment.ts";

/** Waits so many milliseconds, or until the signal aborts. */
export function pause(environment: Environment, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const callOff = environment.after(ms, done);
    signal.addEventListener("abort", done, { once: true });
    function done(): void {
      callOff();
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
