import type { ServerResponse } from "node:http";
import type { Step } from "./faults.ts";
import type { Ending } from "./received.ts";
import { eventFrame, PING } from "./sse.ts";
import type { Schedule } from "./timers.ts";

export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Pacing {
  readonly schedule: Schedule;
  /** Pause behind each write, in milliseconds; 0 for none. */
  readonly paceMs: number;
  /** Pause between pings of a silent stream, in milliseconds. */
  readonly pingMs: number;
}

/** Takes the steps of a reply, one behind the other, until they end or the client is gone. */
export async function deliver(response: ServerResponse, head: Head, steps: readonly Step[], pacing: Pacing): Promise<Ending> {
  const gone = goneSignal(response);
  for (const step of steps) {
    if (gone.aborted) return "client-left";
    if (step.do === "head") writeHead(response, head);
    else if (step.do === "write") await writeChunk(response, step.bytes, gone);
    else if (step.do === "hold") await Promise.race([step.gate.pass(), aborted(gone)]);
    else if (step.do === "silence") return beSilent(response, step.pings, pacing, gone);
    else if (step.do === "cut") return cut(response);
    else return endBody(response, gone);
    if (step.do === "write" && pacing.paceMs > 0) await pause(pacing, pacing.paceMs, gone);
  }
  return "sent";
}

/** Aborts when the connection closes before the response was finished. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort());
  if (response.destroyed) controller.abort();
  return controller.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function writeHead(response: ServerResponse, head: Head): void {
  response.writeHead(head.status, head.headers);
  response.flushHeaders();
}

/** Waits until the bytes have left, so that a cut behind them loses none, and gives the client a chance to see them apart. */
async function writeChunk(response: ServerResponse, bytes: Uint8Array, gone: AbortSignal): Promise<void> {
  const written = new Promise<void>((resolve) => response.write(bytes, () => resolve()));
  await Promise.race([written, aborted(gone)]);
  await new Promise((resolve) => setImmediate(resolve));
}

async function endBody(response: ServerResponse, gone: AbortSignal): Promise<Ending> {
  const finished = new Promise<Ending>((resolve) => response.end(() => resolve("sent")));
  return Promise.race([finished, aborted(gone).then(() => (response.writableFinished ? "sent" : "client-left") satisfies Ending)]);
}

function cut(response: ServerResponse): Ending {
  response.socket?.destroy();
  return "cut";
}

async function beSilent(response: ServerResponse, pings: boolean, pacing: Pacing, gone: AbortSignal): Promise<Ending> {
  if (!pings) {
    await aborted(gone);
    return "client-left";
  }
  const ping = eventFrame(PING).bytes;
  while (!gone.aborted) {
    await pause(pacing, pacing.pingMs, gone);
    if (!gone.aborted) await writeChunk(response, ping, gone);
  }
  return "client-left";
}

function pause(pacing: Pacing, ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = pacing.schedule(resolve, ms);
    gone.addEventListener("abort", () => (cancel(), resolve()), { once: true });
  });
}
