import { writeSync } from "node:fs";
import process from "node:process";
import { SqliteStore } from "@antiphon/store-sqlite";

// Takes the lease of a branch for a very long time, says so, and holds it until it is killed. Arguments: file, conversation id, branch id.
const [path = "", conversationId = "", branchId = ""] = process.argv.slice(2);
const store = await SqliteStore.open(path);
const lease = await store.acquireLease({ conversationId, branchId, holder: "child", ttlMs: 1e9 });
writeSync(1, `${lease?.fence}\n`);
process.stdin.resume();
