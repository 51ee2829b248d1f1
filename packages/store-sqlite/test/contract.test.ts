import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore } from "@antiphon/store-sqlite";
import { storeContract } from "@antiphon/testing";

storeContract("SqliteStore", {
  capabilities: { durable: true, shared: true },
  async open({ now }) {
    const folder = await mkdtemp(join(tmpdir(), "antiphon-"));
    const open = () => SqliteStore.open(join(folder, "chats.db"), { now });
    return { store: await open(), reopen: open, secondHandle: open, dispose: () => rm(folder, { recursive: true }) };
  },
});
