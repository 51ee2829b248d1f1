import process from "node:process";
import { createInterface } from "node:readline";
import { isAntiphonError } from "@antiphon/core";
import { SqliteStore } from "@antiphon/store-sqlite";

// Opens a file for reading, without the superuser's rights, and prints the ids that it holds or how that failed; again for each line of input.
const [path = ""] = process.argv.slice(2);
if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}

async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    console.log(JSON.stringify({ code: "none", read: await work() }));
  } catch (error) {
    const code = isAntiphonError(error) ? error.code : "foreign";
    console.log(JSON.stringify({ code, message: error instanceof Error ? error.message : String(error) }));
  }
}

let store: SqliteStore | undefined;
const read = async () => {
  store ??= await SqliteStore.open(path, { readOnly: true });
  return (await Array.fromAsync(store.read({ conversationId: "c", branchId: "b" }))).map(({ id }) => id);
};
await attempt(read);
for await (const _line of createInterface({ input: process.stdin })) await attempt(read);
await store?.close();
