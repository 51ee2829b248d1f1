import { isAntiphonError } from "@antiphon/core";
import { all, mapped, tipOf } from "./fault.ts";
import type { Fault } from "./fault.ts";

export const appendFaults: readonly Fault[] = [
  {
    fault: "appends at the tip that it finds, whatever the writer expects",
    found: "of 10 writers on one tip one extends it",
    breaks: (sound) => ({
      append: (append) =>
        sound.append(append).catch((error: unknown) => {
          if (!isAntiphonError(error, "tip_moved")) throw error;
          return sound.append({ ...append, expectedTip: error.details["tipSeq"] as number });
        }),
    }),
  },
  {
    fault: "answers a refused writer as if it had been stored",
    found: "of 2 writers on one tip one extends it",
    breaks: (sound) => ({
      append: (append) => sound.append(append).catch(() => ({ tipSeq: append.expectedTip + (append.entries?.length ?? 0) })),
    }),
  },
  {
    fault: "does not recognise a repeated append",
    found: "an append repeated after a lost answer",
    breaks: (sound) => ({
      append: async (append) => {
        const tipSeq = await tipOf(sound, append);
        if (append.entries?.length && tipSeq > append.expectedTip) return sound.append({ ...append, entries: [], expectedTip: -1 });
        return sound.append(append);
      },
    }),
  },
  {
    fault: "recognises a repeated append by its last entry alone",
    found: "an append of which only a part is there is not taken for a repetition",
    breaks: (sound) => ({
      append: async (append) => {
        const ids = new Set((await all(sound, append).catch(() => [])).map(({ id }) => id));
        const first = append.entries?.[0]?.id;
        if (first !== undefined && ids.has(first)) return { tipSeq: append.expectedTip + (append.entries?.length ?? 0) };
        return sound.append(append);
      },
    }),
  },
  {
    fault: "takes each entry of a call for a call of its own",
    found: "a chunk that comes with entries begins the draft behind them, once",
    breaks: (sound) => ({
      append: async ({ entries = [], draft, ...append }) => {
        let expectedTip = append.expectedTip;
        for (const entry of entries) expectedTip = (await sound.append({ ...append, expectedTip, entries: [entry] })).tipSeq;
        return draft === undefined && entries.length > 0
          ? { tipSeq: expectedTip }
          : sound.append({ ...append, expectedTip, ...(draft && { draft }) });
      },
    }),
  },
  {
    fault: "moves usedAt back",
    found: "an append moves usedAt to its time, and never back",
    breaks: (sound) => {
      const used = new Map<string, number>();
      return {
        append: async (append) => {
          const result = await sound.append(append);
          used.set(append.conversationId, append.at);
          return result;
        },
        open: async (id) => {
          const record = await sound.open(id);
          return record && { ...record, usedAt: used.get(id) ?? record.usedAt };
        },
      };
    },
  },
  {
    fault: "keeps the objects that it is handed",
    found: "what a caller does to an entry that it handed in",
    breaks: (sound) => {
      const handed = new Map<string, object>();
      return {
        append: async (append) => {
          for (const entry of append.entries ?? []) handed.set(entry.id, entry);
          return sound.append(append);
        },
        read: (query) => mapped(sound, query, (entry) => ({ ...entry, ...handed.get(entry.id) })),
      };
    },
  },
  {
    fault: "keeps the draft when its entry is there",
    found: "an append of entries ends the draft",
    breaks: (sound) => {
      const drafts = new Map<string, string>();
      return {
        append: async (append) => {
          const result = await sound.append(append);
          if (append.draft !== undefined) drafts.set(append.branchId, append.draft.text);
          return result;
        },
        readDraft: async (key) => {
          const text = drafts.get(key.branchId);
          const draft = await sound.readDraft(key);
          return draft ?? (text === undefined ? undefined : { draftId: "old", afterSeq: 0, chunks: [text] });
        },
      };
    },
  },
  {
    fault: "orders chunks as text",
    found: "chunks come in the order of their numbers",
    breaks: (sound) => ({
      readDraft: async (key) => {
        const draft = await sound.readDraft(key);
        return draft && { ...draft, chunks: draft.chunks.toSorted() };
      },
    }),
  },
];
