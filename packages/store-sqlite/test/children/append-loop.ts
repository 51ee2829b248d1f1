import { writeSync } from "node:fs";
import process from "node:process";
import { isAntiphonError } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";

// Appends messages `<name>-1`, `<name>-2`, ... to a branch, and prints the number of each once it is acknowledged.
// Arguments: file, conversation id, branch id, name, count.
const [path = "", conversationId = "", branchId = "", name = "", count = "0"] = process.argv.slice(2);
const key = { conversationId, branchId };
const store = await SqliteStore.open(path);
let tip = (await store.open(conversationId))?.branches.find(({ id }) => id === branchId)?.tipSeq ?? 0;

for (let n = 1; n <= Number(count);) {
  const content = [{ type: "text", text: `${name}-${n} `.repeat(50) }];
  const entry = { id: `${name}-${n}`, createdAt: n, kind: "message", role: "user", content, origin: "human" } as const;
  try {
    tip = (await store.append({ ...key, expectedTip: tip, entries: [entry], at: n })).tipSeq;
    // Written at once: what is said here must be true whatever happens to this process next.
    writeSync(1, `${n}\n`);
    n++;
  } catch (error) {
    if (!isAntiphonError(error, "tip_moved")) throw error;
    tip = error.details["tipSeq"] as number;
  }
}
await store.close();
