import type { Block, Reply, ReceivedRequest } from "@antiphon/testing/messages-server";
import { type Step, stepsOf } from "../../src/messages-server/faults.ts";
import { openRequest } from "../../src/messages-server/received.ts";
import { answerRoute } from "../../src/messages-server/routes/route.ts";
import { serverState } from "../../src/messages-server/state.ts";
import { RULES_OFF } from "./scripted-api.ts";
import type { Delivered } from "./trace.ts";

export type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface MemoryApiOptions {
  readonly answer: (request: ReceivedRequest) => Reply;
  /** Told what of a reply reaches the client, as soon as that is settled. */
  readonly onDelivery: (request: ReceivedRequest, delivered: Delivered) => void;
  readonly now: () => number;
}

/** The practice server without its sockets, as a `fetch` of the SDK's client: the same rules, signatures, cache and bytes. */
export function memoryApi({ answer, onDelivery, now }: MemoryApiOptions): Fetch {
  // Everything is cached, however short, so that every bill has something to say.
  const state = serverState({ seed: "laws", rulesOff: RULES_OFF, clock: now, cacheTokensMin: 1 });
  return async (url, init) => {
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const { pathname: path } = new URL(url instanceof Request ? url.url : url);
    const request = openRequest({ method: init?.method ?? "GET", url: path, headers }, init?.body as string, state.newId("req"));
    if (state.script.length === 0) state.script.add([answer]);
    const answered = await answerRoute(request, state);
    const steps = stepsOf(answered.frames, answered.delivery?.faults);
    if (answered.contentType.startsWith("text/event-stream")) onDelivery(request, deliveredBy(steps));
    if (steps[0]?.do === "cut") throw new TypeError("fetch failed");
    return new Response(bodyOf(steps, init?.signal ?? undefined), {
      status: answered.status,
      headers: { "content-type": answered.contentType, "request-id": request.requestId },
    });
  };
}

/** A body that does its steps as it is read: what stands before a break is read before it breaks. */
function bodyOf(steps: readonly Step[], signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  let at = 0;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const bytes: Uint8Array[] = [];
    for (; at < steps.length; at += 1) {
      const step = steps[at]!;
      if (step.do === "write") bytes.push(step.bytes);
      else if (step.do !== "head") break;
    }
    if (bytes.length > 0) return controller.enqueue(Buffer.concat(bytes));
    const step = steps[at];
    at += 1;
    if (step?.do === "hold") return step.gate.pass().then(() => pull(controller));
    if (signal?.aborted === true) return undefined;
    return step?.do === "cut" ? controller.error(new TypeError("terminated")) : controller.close();
  };
  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    signal?.addEventListener("abort", () => controller.error(signal.reason), { once: true });
  };
  return new ReadableStream({ start, pull }, { highWaterMark: 0 });
}

/** The events that the bytes of a reply make up, in our own reading of server-sent events. */
function deliveredBy(steps: readonly Step[]): Delivered {
  const end = steps.findIndex(({ do: what }) => what === "cut" || what === "end");
  const text = Buffer.concat(steps.slice(0, end).flatMap((step) => (step.do === "write" ? [step.bytes] : []))).toString();
  const events: Block[] = [];
  for (const frame of text.split("\n\n").slice(0, -1)) {
    // Pings are passed over, and one whose name was broken off has none.
    const name = [...frame.matchAll(/^event:\s*(\S+)/gm)].at(-1)?.[1];
    if (name === undefined || name === "ping") continue;
    try {
      const data = frame.split("\n").filter((line) => line.startsWith("data:"));
      events.push(JSON.parse(data.map((line) => line.slice(5)).join("\n")) as Block);
    } catch {
      return { events, ending: "garbled" };
    }
  }
  return { events, ending: steps[end]?.do === "cut" ? "cut" : "end" };
}
