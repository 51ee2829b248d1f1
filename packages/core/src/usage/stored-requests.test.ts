import fc from "fast-check";
import { expect, test } from "vitest";
import { tree } from "../../test/usage-objects.ts";
import type { Branch } from "../conversation/branch.ts";
import type { ConversationRecord, ConversationStore } from "../store/conversation-store.ts";
import { storedRequests } from "./stored-requests.ts";
import { requestsOf, type UsageRow } from "./usage-row.ts";

const byId = (rows: readonly UsageRow[]) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));

test("the requests of a stored conversation are those of the paths of its branches, though each entry is read once", () =>
  fc.assert(
    fc.asyncProperty(tree, async ({ paths }) => {
      const branches: readonly Branch[] = paths.map((path) => {
        const { branchId } = path.at(-1)!;
        const parent = path.findLast((entry) => entry.branchId !== branchId);
        return {
          id: branchId,
          forkSeq: parent?.seq ?? 0,
          tipSeq: path.length,
          createdAt: 1,
          ...(parent && { parentBranchId: parent.branchId }),
        };
      });
      let read = 0;
      const store = {
        async *read({ branchId, afterSeq = 0 }: { readonly branchId: string; readonly afterSeq?: number }) {
          for (const entry of paths.find((path) => path.at(-1)!.branchId === branchId)!.slice(afterSeq)) {
            read += 1;
            yield entry;
          }
        },
      };
      const record = { id: "c", headBranchId: branches[0]!.id, createdAt: 1, usedAt: 1, metadata: {}, hashKey: "00", branches };
      const rows = await storedRequests(store as unknown as ConversationStore, record satisfies ConversationRecord);
      expect(byId(rows)).toEqual(byId(requestsOf("c", ...paths)));
      expect(read).toBe(new Set(paths.flatMap((path) => path.map(({ id }) => id))).size);
    }),
  ));
