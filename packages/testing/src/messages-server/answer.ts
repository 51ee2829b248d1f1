import { errorEnvelope, type ApiError } from "./api-error.ts";
import type { Delivery } from "./script.ts";
import { textFrame, type Frame } from "./sse.ts";

/** A response before it is put on its way. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly frames: readonly Frame[];
  readonly delivery?: Delivery;
}

export function jsonAnswer(body: unknown, status = 200, delivery?: Delivery): Answer {
  return { status, contentType: "application/json", frames: [textFrame("body", JSON.stringify(body))], ...(delivery && { delivery }) };
}

export function errorAnswer(error: ApiError, requestId: string, delivery?: Delivery): Answer {
  return jsonAnswer(errorEnvelope(error, requestId), error.status, delivery);
}

export function streamAnswer(frames: readonly Frame[], delivery?: Delivery): Answer {
  return { status: 200, contentType: "text/event-stream; charset=utf-8", frames, ...(delivery && { delivery }) };
}
