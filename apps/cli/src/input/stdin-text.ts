import { usageFailure } from "../failure.ts";

/** The API takes no larger request. */
const BYTES_MAX = 32 * 1024 * 1024;

export interface StdinOptions {
  /** Milliseconds until the first byte after which `more` is asked. Without it nothing is: it takes as long as it takes. */
  readonly patienceMs?: number;
  /** How many milliseconds more to wait for the first byte; 0 for none, `Infinity` for as long as it takes. */
  readonly more?: () => number;
  /** Told when that takes long. */
  readonly waiting?: () => void;
}

/** Nobody wonders before that. */
const LONG_MS = 2_000;

/** What came, or `silent` where nothing did in time. */
export type StdinText = { readonly text: string } | { readonly silent: true };

/** Reads a standard input that is no terminal to its end, as UTF-8. Errors: a usage failure for what is not text, or too much. */
export async function readStdin(stdin: NodeJS.ReadableStream & { destroy?(): unknown }, options: StdinOptions = {}): Promise<StdinText> {
  const bytes = await collect(stdin, options);
  if (bytes === undefined) {
    // An open pipe would keep the process alive after its answer.
    stdin.destroy?.();
    return { silent: true };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    throw usageFailure("Standard input is not UTF-8 text. Pipe text, for example through `iconv -t utf-8` or `pdftotext`.");
  }
}

function collect(stdin: NodeJS.ReadableStream, { patienceMs, more, waiting }: StdinOptions): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let heard = false;
    const giveUp = (): void => settle(() => resolve(undefined));
    const onSilence = (): void => {
      if (heard) return;
      const moreMs = more?.() ?? 0;
      if (moreMs === 0) giveUp();
      else timer = moreMs === Number.POSITIVE_INFINITY ? setTimeout(() => waiting?.(), LONG_MS) : setTimeout(giveUp, moreMs);
    };
    // Where the machine is slow, what is there already is read before the timer counts.
    let timer = patienceMs === undefined ? undefined : setTimeout(() => setImmediate(onSilence), patienceMs);
    const onData = (chunk: Buffer): void => {
      heard = true;
      clearTimeout(timer);
      size += chunk.length;
      if (size > BYTES_MAX)
        settle(() => reject(usageFailure("Standard input is larger than 32 MB, the most that the API takes. Pipe less.")));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const onError = (error: Error): void => settle(() => reject(usageFailure(`Standard input cannot be read: ${error.message}.`)));
    function settle(then: () => void): void {
      heard = true;
      clearTimeout(timer);
      stdin.off("data", onData).off("end", onEnd).off("error", onError);
      stdin.pause();
      then();
    }
    stdin.on("data", onData).on("end", onEnd).on("error", onError);
  });
}
