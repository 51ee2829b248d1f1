import process from "node:process";
import { isAntiphonError } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";

// Opens a file and writes to it until that fails; prints how it ended and what was acknowledged.
// Arguments: file, bytes per write, writes, "ordinary" to give up the superuser's rights first: to it nothing is forbidden.
const [path = "", bytes = "0", writes = "0", who] = process.argv.slice(2);
if (who === "ordinary" && process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}
const key = { conversationId: "c", branchId: "b" };
let tip = 0;
try {
  const store = await SqliteStore.open(path);
  await store.create({ id: "c", branchId: "b", createdAt: 1, hashKey: "00" });
  tip = (await store.open("c"))?.branches[0]?.tipSeq ?? 0;
  for (let n = 0; n < Number(writes); n++) {
    const content = [{ type: "text", text: "x".repeat(Number(bytes)) }];
    const entry = { id: `e${tip + 1}`, createdAt: 1, kind: "message", role: "user", content, origin: "human" } as const;
    tip = (await store.append({ ...key, expectedTip: tip, entries: [entry], at: 1 })).tipSeq;
  }
  await store.close();
  console.log(JSON.stringify({ code: "none", tip }));
} catch (error) {
  const code = isAntiphonError(error) ? error.code : "foreign";
  console.log(JSON.stringify({ code, message: error instanceof Error ? error.message : String(error), tip }));
}
