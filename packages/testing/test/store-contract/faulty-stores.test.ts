import { MemoryStore } from "@antiphon/core";
import { checksFor, runCheck, STORE_CHECKS } from "@antiphon/testing";
import type { StoreCheck, StoreSubject } from "@antiphon/testing";
import { describe, expect, test } from "vitest";
import { appendFaults } from "./append-faults.ts";
import { conversationFaults } from "./conversation-faults.ts";
import type { Fault } from "./fault.ts";
import { handleFaults, soundHandle } from "./handle-faults.ts";
import type { HandleFault } from "./handle-faults.ts";
import { leaseFaults } from "./lease-faults.ts";
import { readFaults } from "./read-faults.ts";

describe("the store contract suite", () => {
  test("has a name of its own for every check", () => {
    expect(new Set(STORE_CHECKS.map(({ name }) => name)).size).toBe(STORE_CHECKS.length);
  });

  test("leaves out what a store does not declare, and nothing else", () => {
    const named = (durable: boolean, shared: boolean) => checksFor(STORE_CHECKS, { durable, shared });
    expect(named(true, true)).toEqual(STORE_CHECKS);
    expect(named(false, false)).toEqual(STORE_CHECKS.filter(({ needs }) => needs === undefined));
    expect(named(true, false).some(({ needs }) => needs === "shared")).toBe(false);
  });

  for (const { fault, found, breaks } of [...appendFaults, ...readFaults, ...conversationFaults, ...leaseFaults]) {
    test(`finds a store that ${fault}`, async () => {
      const check = theCheck(found);
      await expect(runCheck(check, lone(breaks))).rejects.toThrow();
      await expect(
        runCheck(
          check,
          lone(() => ({})),
        ),
      ).resolves.toBeUndefined();
    });
  }

  for (const { fault, found, handle } of handleFaults) {
    test(`finds a store that ${fault}`, async () => {
      const check = theCheck(found);
      await expect(runCheck(check, handled(handle))).rejects.toThrow();
      await expect(
        runCheck(
          check,
          handled((sound) => soundHandle(sound)),
        ),
      ).resolves.toBeUndefined();
    });
  }
});

function theCheck(found: string): StoreCheck {
  const [check, ...others] = STORE_CHECKS.filter(({ name }) => name.includes(found));
  if (check === undefined || others.length > 0) throw new Error(`${others.length + (check ? 1 : 0)} checks are named like "${found}"`);
  return check;
}

/** MemoryStore, with some methods answered by a fault. */
function lone(breaks: Fault["breaks"]): StoreSubject {
  return {
    capabilities: { durable: false, shared: false },
    async open({ now }) {
      const sound = new MemoryStore({ now });
      const broken = breaks(sound, now);
      const store = new Proxy(sound, {
        get(target, name) {
          const method: unknown = Reflect.get(broken, name) ?? Reflect.get(target, name);
          return typeof method === "function" ? (method.bind(target) as unknown) : method;
        },
      });
      return { store };
    },
  };
}

/** One MemoryStore behind several handles, as a database is behind its clients. */
function handled(handle: HandleFault["handle"]): StoreSubject {
  return {
    capabilities: { durable: true, shared: true },
    async open({ now }) {
      const sound = new MemoryStore({ now });
      let opened = 0;
      const open = async () => handle(sound, opened++);
      return { store: await open(), reopen: open, secondHandle: open };
    },
  };
}
