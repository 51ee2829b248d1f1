import type { Entry } from "@antiphon/core";
import { all, mapped, mapStrings, sortedKeys } from "./fault.ts";
import type { Fault } from "./fault.ts";

export const readFaults: readonly Fault[] = [
  {
    fault: "sorts the keys of content",
    found: "the keys of content keep their order",
    breaks: (sound) => ({ read: (query) => mapped(sound, query, (entry) => sortedKeys(entry) as Entry) }),
  },
  {
    fault: "stores text as UTF-8",
    found: "text of every script, control characters and halves of characters come back exactly",
    breaks: (sound) => ({ read: (query) => mapped(sound, query, (entry) => mapStrings(entry, (text) => text.toWellFormed()) as Entry) }),
  },
  {
    fault: "cuts what is longer than 16 MB",
    found: "a block of 20 MB comes back whole",
    breaks: (sound) => ({
      read: (query) => mapped(sound, query, (entry) => mapStrings(entry, (text) => text.slice(0, 16 * 1024 * 1024)) as Entry),
    }),
  },
  {
    fault: "drops what it does not know about a reply",
    found: "what the API said about a reply comes back as it was",
    breaks: (sound) => ({
      read: (query) =>
        mapped(sound, query, (entry) => {
          if (entry.kind !== "message" || entry.reply === undefined) return entry;
          const { extra: _dropped, ...reply } = entry.reply;
          return { ...entry, reply };
        }),
    }),
  },
  {
    fault: "reads a fork up to its parent's tip",
    found: "what is written to a parent behind a fork does not show on the fork",
    breaks: (sound) => ({
      read: async function* (query) {
        const branch = (await sound.open(query.conversationId))?.branches.find(({ id }) => id === query.branchId);
        if (branch?.parentBranchId !== undefined) yield* sound.read({ ...query, branchId: branch.parentBranchId });
        yield* sound.read({ ...query, afterSeq: Math.max(query.afterSeq ?? 0, branch?.forkSeq ?? 0) });
      },
    }),
  },
  {
    fault: "reads the last N of the branch's own entries only",
    found: "reading the last N and those behind a seq cuts the path of forks of forks anywhere",
    breaks: (sound) => ({
      read: async function* (query) {
        for await (const entry of sound.read(query)) if (query.last === undefined || entry.branchId === query.branchId) yield entry;
      },
    }),
  },
  {
    fault: "stops reading after 1,000 entries",
    found: "a path of 3000 entries reads whole and in order",
    breaks: (sound) => ({
      read: async function* (query) {
        let count = 0;
        for await (const entry of sound.read(query)) if (count++ < 1000) yield entry;
      },
    }),
  },
  {
    fault: "goes on reading after it was closed",
    found: "a reading that was begun before closing is refused",
    breaks: (sound) => ({
      read: async function* (query) {
        yield* await all(sound, query);
      },
    }),
  },
  {
    fault: "yields nothing where there is nothing to read from",
    found: "reading where there is no such conversation or branch is refused",
    breaks: (sound) => ({
      read: async function* (query) {
        yield* await all(sound, query).catch(() => []);
      },
    }),
  },
];
