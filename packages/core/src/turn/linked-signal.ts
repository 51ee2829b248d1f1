/** A signal of one's own that aborts with others. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  abort(): void;
  /** Lets the others go: to be called when nobody has to hear of them any more. */
  unlink(): void;
}

/**
 * A signal that aborts when one of these does, with its reason, or when it is told to. In place of `AbortSignal.any`: what that gives is kept
 * alive by the runtime for as long as somebody listens to it, and tools and clients may listen for ever.
 */
export function linkedSignal(...sources: readonly AbortSignal[]): LinkedSignal {
  const controller = new AbortController();
  const links = sources.map((source) => {
    const onAbort = (): void => controller.abort(source.reason);
    if (source.aborted) onAbort();
    else source.addEventListener("abort", onAbort, { once: true });
    return (): void => source.removeEventListener("abort", onAbort);
  });
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    unlink: () => {
      for (const unlink of links) unlink();
    },
  };
}
