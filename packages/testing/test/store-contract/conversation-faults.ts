import type { MemoryStore } from "@antiphon/core";
import { tipOf } from "./fault.ts";
import type { Fault } from "./fault.ts";

export const conversationFaults: readonly Fault[] = [
  {
    fault: "makes a conversation before its entries",
    found: "a new conversation is there with its first entries, or not at all",
    breaks: (sound) => ({
      create: async ({ entries = [], ...made }) => {
        await sound.create(made);
        await sound.append({ conversationId: made.id, branchId: made.branchId, expectedTip: 0, entries, at: made.createdAt });
      },
    }),
  },
  {
    fault: "takes every create for a repetition",
    found: "an id taken by another conversation is refused",
    breaks: (sound) => ({ create: (made) => sound.create(made).catch(() => undefined) }),
  },
  {
    fault: "takes no create for a repetition",
    found: "creating a conversation again with the same values changes nothing",
    breaks: (sound) => ({
      create: async (made) => {
        await sound.erase({ conversationId: made.id });
        await sound.create(made);
      },
    }),
  },
  {
    fault: "forks beyond the tip",
    found: "forking where there is no such conversation, branch or entry is refused",
    breaks: (sound) => ({
      fork: async (fork) =>
        sound.fork({
          ...fork,
          forkSeq: Math.max(0, Math.min(fork.forkSeq, await tipOf(sound, { ...fork, branchId: fork.parentBranchId }))),
        }),
    }),
  },
  {
    fault: "rounds the place of a fork",
    found: "forking where there is no such conversation, branch or entry is refused",
    breaks: (sound) => ({ fork: (fork) => sound.fork({ ...fork, forkSeq: Math.trunc(fork.forkSeq) }) }),
  },
  {
    fault: "takes a fork of another parent for a repetition",
    found: "forking again with the same values changes nothing",
    breaks: (sound) => ({
      fork: async (fork) => {
        const there = (await sound.open(fork.conversationId))?.branches.find(({ id }) => id === fork.branchId);
        if (there?.forkSeq === fork.forkSeq && there.createdAt === fork.createdAt) return;
        await sound.fork(fork);
      },
    }),
  },
  {
    fault: "moves the head without comparing",
    found: "moving the head from where it is not is refused with tip_moved",
    breaks: (sound) => ({
      moveHead: async (move) => sound.moveHead({ ...move, from: (await sound.open(move.conversationId))?.headBranchId ?? "" }),
    }),
  },
  {
    fault: "replaces all metadata when it sets a field",
    found: "annotating sets, changes and removes fields, leaves the others",
    breaks: (sound) => ({
      annotate: async (id, metadata) => {
        const there = Object.keys((await sound.open(id))?.metadata ?? {}).map((name) => [name, undefined]);
        await sound.annotate(id, { ...Object.fromEntries(there), ...metadata });
      },
    }),
  },
  {
    fault: "pages by time alone, so that a tie at the edge is lost",
    found: "pages follow each other by their cursors and give each conversation once",
    breaks: (sound) => ({
      list: async (query) => {
        const page = await sound.list(query);
        return page.cursor === undefined ? page : { ...page, cursor: page.cursor.replace(/ .*/s, " 0") };
      },
    }),
  },
  {
    fault: "takes a prefix for a pattern",
    found: "a prefix finds the ids that start with it",
    breaks: (sound) => ({
      list: async ({ idPrefix = "", ...query } = {}) => {
        const pattern = new RegExp(`^${idPrefix.replaceAll("%", ".*").replaceAll("_", ".")}`);
        const page = await sound.list({ ...query, limit: 1000 });
        return { conversations: page.conversations.filter(({ id }) => pattern.test(id)) };
      },
    }),
  },
  {
    fault: "finds conversations that have any of the values",
    found: "metadata finds the conversations that have all of its values",
    breaks: (sound) => ({
      list: ({ metadata = {}, ...query } = {}) =>
        sound.list({ ...query, metadata: Object.fromEntries(Object.entries(metadata).slice(0, 1)) }),
    }),
  },
  {
    fault: "hides an erased entry instead of overwriting it",
    found: "an erased entry of any kind keeps its place",
    breaks: (sound) => {
      const hidden = new Set<string>();
      return {
        erase: async (erase) => {
          if (erase.entryIds === undefined) return sound.erase(erase);
          for (const id of erase.entryIds) hidden.add(`${erase.conversationId} ${id}`);
        },
        read: async function* (query) {
          for await (const entry of sound.read(query)) if (!hidden.has(`${query.conversationId} ${entry.id}`)) yield entry;
        },
      };
    },
  },
  {
    fault: "forgets the drafts when it erases entries",
    found: "erasing entries drops every draft of the conversation",
    breaks: (sound) => {
      const kept = new Map<string, Awaited<ReturnType<MemoryStore["readDraft"]>>>();
      const name = (key: { conversationId: string; branchId: string }) => `${key.conversationId} ${key.branchId}`;
      return {
        erase: async (erase) => {
          const branches = (await sound.open(erase.conversationId))?.branches ?? [];
          for (const { id } of branches) {
            const key = { conversationId: erase.conversationId, branchId: id };
            kept.set(name(key), await sound.readDraft(key));
          }
          await sound.erase(erase);
        },
        readDraft: async (key) => (await sound.readDraft(key)) ?? kept.get(name(key)),
      };
    },
  },
];
