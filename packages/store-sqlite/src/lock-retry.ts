import { setTimeout as delay } from "node:timers/promises";
import { performance } from "node:perf_hooks";
import { isLocked } from "./sqlite-errors.ts";

const PAUSE_MIN_MS = 1;
const PAUSE_MAX_MS = 50;

/**
 * Runs `attempt`, and again while another process holds the lock, until `timeoutMs` have passed; then its last error is
 * thrown. It waits on timers: the event loop goes on meanwhile.
 */
export async function retryWhileLocked<T>(attempt: () => T, timeoutMs: number): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (let pause = PAUSE_MIN_MS; ; pause = Math.min(pause * 2, PAUSE_MAX_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isLocked(error) || performance.now() >= end) throw error;
    }
    // Half of it at random: processes that collided must not collide again.
    await delay(pause * (0.5 + Math.random() / 2));
  }
}
