/** A point at which a reply waits until the test lets it go on. */
export interface Gate {
  /** Settles when a reply has come to this point: what stands before it was written. */
  readonly reached: Promise<void>;
  release(): void;
  /** @internal Called by the reply. */
  pass(): Promise<void>;
}

/** `server.script({ content: "…", faults: [{ kind: "hold", gate, at: { afterEvents: 3 } }] })`, then `await gate.reached`, then `gate.release()`. */
export function gate(): Gate {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    release: () => released.resolve(),
    pass() {
      reached.resolve();
      return released.promise;
    },
  };
}
