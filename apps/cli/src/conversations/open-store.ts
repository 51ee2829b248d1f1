import { existsSync } from "node:fs";
import type { ConversationStore } from "@antiphon/core";
import type { World } from "../world.ts";
import { databasePath } from "./database-path.ts";

/** Opens the conversations for writing; makes the file where there is none. */
export async function openStore(world: World): Promise<ConversationStore> {
  const { SqliteStore } = await import("@antiphon/store-sqlite");
  return SqliteStore.open(databasePath(world));
}

/** Opens them for reading only; `undefined` where there are none, and none are made. */
export async function openStoreToRead(world: World): Promise<ConversationStore | undefined> {
  const path = databasePath(world);
  if (!existsSync(path)) return undefined;
  const { SqliteStore } = await import("@antiphon/store-sqlite");
  return SqliteStore.open(path, { readOnly: true });
}
