import type { Fault } from "./fault.ts";

export const leaseFaults: readonly Fault[] = [
  {
    fault: "leaves the lease of an erased conversation",
    found: "an erased conversation is gone",
    breaks: (sound) => ({ renewLease: (lease, ttlMs) => sound.renewLease(lease, ttlMs).catch(() => lease) }),
  },
  {
    fault: "grants a lease to everybody",
    found: "of 10 that ask for a lease at once one gets it",
    breaks: (sound) => ({ acquireLease: (request) => sound.acquireLease({ ...request, holder: "everybody" }) }),
  },
  {
    fault: "keeps a lease behind its end",
    found: "a lease is granted with its key, its holder and its end by the store's clock",
    breaks: (sound) => ({ acquireLease: (request) => sound.acquireLease({ ...request, ttlMs: request.ttlMs + 1 }) }),
  },
  {
    fault: "does not look at fences",
    found: "an append with the fence of an older lease is refused with lease_lost",
    breaks: (sound) => ({ append: ({ fence: _ignored, ...append }) => sound.append(append) }),
  },
  {
    fault: "refuses every fence that is not held right now",
    found: "the newest fence passes after its lease has expired or was given back",
    breaks: (sound, now) => {
      const ends = new Map<number, number>();
      return {
        acquireLease: async (request) => {
          const lease = await sound.acquireLease(request);
          if (lease !== undefined) ends.set(lease.fence, lease.expiresAt);
          return lease;
        },
        append: (append) =>
          sound.append({ ...append, ...(append.fence !== undefined && (ends.get(append.fence) ?? 0) <= now() && { fence: 0 }) }),
      };
    },
  },
  {
    fault: "has one lease for all branches of a conversation",
    found: "each branch has a lease of its own",
    breaks: (sound) => {
      const first = async (conversationId: string) => (await sound.open(conversationId))?.branches[0]?.id ?? "";
      return { acquireLease: async (request) => sound.acquireLease({ ...request, branchId: await first(request.conversationId) }) };
    },
  },
  {
    fault: "answers after it was closed",
    found: "after closing, every call is refused with store_closed",
    breaks: () => ({ close: async () => undefined }),
  },
];
