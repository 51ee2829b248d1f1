import { existsSync } from "node:fs";
import { type ConversationStore, isAntiphonError } from "@antiphon/core";
import { Failure } from "../failure.ts";
import type { World } from "../world.ts";
import { databasePath } from "./database-path.ts";

/** Opens the conversations for writing; makes the file where there is none. */
export function openStore(world: World): Promise<ConversationStore> {
  return open(world, {});
}

/** Opens them for reading only; `undefined` where there are none, and none are made. */
export async function openStoreToRead(world: World): Promise<ConversationStore | undefined> {
  return existsSync(databasePath(world)) ? open(world, { readOnly: true }) : undefined;
}

async function open(world: World, options: { readonly readOnly?: boolean }): Promise<ConversationStore> {
  const { SqliteStore } = await import("@antiphon/store-sqlite");
  try {
    return await SqliteStore.open(databasePath(world), options);
  } catch (error) {
    if (!isAntiphonError(error)) throw error;
    const newer = error.code === "store_too_new" ? " Here that means a newer antiphon." : "";
    const remedy = world.env["ANTIPHON_DB"] ? "The path is that of ANTIPHON_DB." : "ANTIPHON_DB names another path.";
    throw new Failure(`${error.message}${newer} ${remedy}`, { code: error.code, cause: error });
  }
}
