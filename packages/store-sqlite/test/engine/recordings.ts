import { existsSync, readFileSync } from "node:fs";
import { BetaMessageStream } from "@anthropic-ai/sdk/lib/BetaMessageStream";

const ROOT = new URL("../../../../../shared/recordings/", import.meta.url);

/** Recorded answers of the Messages API, read in place. */
export const recordingsHere = existsSync(new URL("index.json", ROOT));
if (!recordingsHere) console.warn(`SKIPPED: no recordings at ${ROOT.pathname}; no recorded reply is played into a store`);

export interface Recording {
  readonly file: string;
  readonly kind: string;
  /** Of HTTP. */
  readonly status: number;
  readonly model: string;
  readonly stop_reason: string;
  readonly sdk_final?: string;
}

export interface RecordedMessage {
  readonly model: string;
  readonly stop_reason: string | null;
  readonly content: readonly { readonly type: string; readonly [field: string]: unknown }[];
  readonly [field: string]: unknown;
}

const all: readonly Recording[] = recordingsHere ? JSON.parse(readText("index.json")) : [];

export const streams: readonly Recording[] = all.filter(({ kind }) => kind === "sse");
export const messages: readonly Recording[] = all.filter(({ kind }) => kind === "message");
export const errors: readonly Recording[] = all.filter(({ kind }) => kind === "error");
export const counts: readonly Recording[] = all.filter(({ kind }) => kind === "count_tokens");

export function readBytes(file: string): Uint8Array {
  return readFileSync(new URL(file, ROOT));
}

export function readMessage(file: string): RecordedMessage {
  return JSON.parse(readText(file)) as RecordedMessage;
}

/** What the SDK made of a stream: as it was kept beside the recording, else made of it now. */
export async function sdkFinal({ file, sdk_final }: Recording): Promise<RecordedMessage> {
  if (sdk_final !== undefined) return readMessage(sdk_final);
  const data = [...readText(file).matchAll(/^data:(.*)$/gm)].map(([, line]) => `${line}\n`);
  return (await BetaMessageStream.fromReadableStream(new Blob(data).stream()).finalMessage()) as unknown as RecordedMessage;
}

function readText(file: string): string {
  return readFileSync(new URL(file, ROOT), "utf8");
}
