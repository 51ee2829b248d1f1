import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";

/** Tells one process from every other one, now and later, so that another process can see whether it still lives. */
export interface ProcessIdentity {
  /** Host, boot and process-number space: only processes that share it can judge each other. */
  readonly host: string;
  readonly pid: number;
  /** When it started, in the system's own unit, where that is cheap to know: process numbers are used again. */
  readonly started: string | null;
}

let own: ProcessIdentity | undefined;

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  own ??= { host: hostSpace(), pid: process.pid, started: startOf(process.pid) };
  return own;
}

/** Whether a process is known to be dead. False where it cannot be known from here: on another host, in another container. */
export function isDead({ host, pid, started }: ProcessIdentity): boolean {
  const here = ownIdentity();
  if (host !== here.host) return false;
  if (pid === here.pid) return started !== here.started;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const now = startOf(pid);
  // Null: it ended this instant, or this system does not tell.
  return now !== null && started !== null && now !== started;
}

/** Two containers can share a host name and count their processes apart, and a host forgets its processes when it boots. */
function hostSpace(): string {
  const boot = readOrNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const space = readOrNull(() => readlinkSync("/proc/self/ns/pid"));
  return [hostname(), boot, space].filter((part) => part !== null).join(" ");
}

/** Field 22 of /proc/<pid>/stat (Linux, proc(5)): clock ticks from boot to start. A killed process that nobody reaped is dead. */
function startOf(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (stat === null) return null;
  // The second field is the program's name in brackets and may hold anything; the third is the state.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? "ended" : (fields[19] ?? null);
}

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
