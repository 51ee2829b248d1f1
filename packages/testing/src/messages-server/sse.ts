/** A piece of a response body that goes out in one write; `event` names the server-sent event that it is. */
export interface Frame {
  readonly event: string;
  readonly bytes: Uint8Array;
}

export interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export function eventFrame(event: StreamEvent): Frame {
  return textFrame(event.type, `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

export function textFrame(event: string, text: string): Frame {
  return { event, bytes: Buffer.from(text) };
}

/** A body that is sent as one piece, whatever it is. */
export function rawFrame(body: string | Uint8Array): Frame {
  return { event: "body", bytes: toBuffer(body) };
}

export const PING: StreamEvent = { type: "ping" };

/** Cuts a recorded stream behind each blank line. The frames together are the recording, byte for byte. */
export function recordedFrames(recording: string | Uint8Array): readonly Frame[] {
  const bytes = toBuffer(recording);
  const frames: Frame[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = endOfEvent(bytes, start);
    const piece = bytes.subarray(start, end);
    frames.push({ event: /^event:\s*(\S+)/m.exec(piece.toString())?.[1] ?? "", bytes: piece });
    start = end;
  }
  return frames;
}

function toBuffer(bytes: string | Uint8Array): Buffer {
  return typeof bytes === "string" ? Buffer.from(bytes) : Buffer.from(bytes);
}

function endOfEvent(bytes: Buffer, start: number): number {
  const ends = ["\n\n", "\r\n\r\n"].map((blank) => [bytes.indexOf(blank, start), blank.length] as const).filter(([at]) => at !== -1);
  return ends.length === 0 ? bytes.length : Math.min(...ends.map(([at, length]) => at + length));
}

/** The data of a recorded event, `undefined` when it is not JSON. */
export function eventData(frame: Frame): StreamEvent | undefined {
  const data = /^data:(.*)$/m.exec(Buffer.from(frame.bytes).toString())?.[1];
  try {
    return data === undefined ? undefined : (JSON.parse(data) as StreamEvent);
  } catch {
    return undefined;
  }
}
