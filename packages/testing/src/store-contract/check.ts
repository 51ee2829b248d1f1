import type { ConversationStore } from "@antiphon/core";

/** What a store can do beyond the contract. Each is declared, and the declaration is tested. */
export interface StoreCapabilities {
  /** What was stored is there after `close` and opening again: `reopen` is given. */
  readonly durable: boolean;
  /** Several handles, as several processes have them, share the same conversations: `secondHandle` is given. */
  readonly shared: boolean;
}

/** A store on trial: how to open a new, empty one, as often as asked. */
export interface StoreSubject {
  readonly capabilities: StoreCapabilities;
  /** `now` is the clock that the store has to use, in milliseconds since 1970. The suite moves it. */
  open(options: { readonly now: () => number }): Promise<OpenedStore>;
}

/** A store as the suite opens it, with what its capabilities need. */
export interface OpenedStore {
  readonly store: ConversationStore;
  /** Opens what `store` wrote, after `store` was closed. */
  reopen?(): Promise<ConversationStore>;
  /** Opens what `store` writes, beside it. */
  secondHandle?(): Promise<ConversationStore>;
  /** Removes what the trial left behind. The suite has closed every handle before. */
  dispose?(): Promise<void>;
}

/** One promise of the store contract. It passes when `run` resolves; the error says what was broken. */
export interface StoreCheck {
  /** A sentence that states the promise. Unique. */
  readonly name: string;
  /** Runs only on stores that declare this. */
  readonly needs?: keyof StoreCapabilities;
  run(context: CheckContext): Promise<void>;
}

/** What a check of the contract is given to try. */
export interface CheckContext {
  /** A new, empty store. */
  readonly store: ConversationStore;
  readonly clock: ManualClock;
  /** Closes `store` and opens what it wrote. */
  reopen(): Promise<ConversationStore>;
  /** Another handle beside `store`. */
  secondHandle(): Promise<ConversationStore>;
}

/** A clock that stands until it is moved. */
export interface ManualClock {
  now(): number;
  advance(ms: number): void;
}

const START_MS = 1_800_000_000_000;

export function manualClock(): ManualClock {
  let time = START_MS;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
    },
  };
}

/** Runs one check on a new store of the subject. Rejects where the store breaks the promise. */
export async function runCheck(check: StoreCheck, subject: StoreSubject): Promise<void> {
  const clock = manualClock();
  const opened = await subject.open({ now: clock.now });
  const handles = [opened.store];
  const handOut = async (open: (() => Promise<ConversationStore>) | undefined, capability: keyof StoreCapabilities) => {
    if (open === undefined) throw new Error(`The subject declares that it is ${capability} but gives no way to show it.`);
    const handle = await open.call(opened);
    handles.push(handle);
    return handle;
  };
  try {
    await check.run({
      store: opened.store,
      clock,
      async reopen() {
        await opened.store.close();
        return handOut(opened.reopen, "durable");
      },
      secondHandle: () => handOut(opened.secondHandle, "shared"),
    });
  } finally {
    for (const handle of handles) await handle.close();
    await opened.dispose?.();
  }
}

/** The checks that a store with these capabilities has to pass. */
export function checksFor(checks: readonly StoreCheck[], capabilities: StoreCapabilities): readonly StoreCheck[] {
  return checks.filter(({ needs }) => needs === undefined || capabilities[needs]);
}
