import { statSync } from "node:fs";
import { type ConversationStore, isAntiphonError } from "@antiphon/core";
import { Failure, usageFailure } from "../failure.ts";
import type { World } from "../world.ts";
import { NO_CONVERSATIONS } from "./choose-conversation.ts";
import { databasePath } from "./database-path.ts";

/** Opens the conversations for writing; makes the file where there is none, unless an old one is to go on: then that is a failure. */
export async function openStore(world: World, { toGoOn }: { readonly toGoOn: boolean }): Promise<ConversationStore> {
  if (!isThere(world) && toGoOn) throw new Failure(NO_CONVERSATIONS, { code: "not_found" });
  return open(world, {});
}

/** Opens them for reading only; `undefined` where there are none, and none are made. */
export async function openStoreToRead(world: World): Promise<ConversationStore | undefined> {
  return isThere(world) ? open(world, { readOnly: true }) : undefined;
}

/** Whether there is a database. What cannot be known is a failure: a wrong mode must not look like conversations that are lost. */
function isThere(world: World): boolean {
  const path = databasePath(world);
  if (path === ":memory:") {
    throw usageFailure(
      'ANTIPHON_DB is ":memory:", which keeps nothing. Set it to the path of a file, for example one in /tmp, or unset it.',
    );
  }
  try {
    statSync(path);
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    const what =
      code === "EACCES" || code === "EPERM"
        ? `No permission to look for ${path}. Check the owner and mode of the folders above it.`
        : `${path} cannot be looked for: ${message}.`;
    throw new Failure(`${what} ${remedy(world)}`, { code: "store_failed", cause: error });
  }
}

async function open(world: World, options: { readonly readOnly?: boolean }): Promise<ConversationStore> {
  const { SqliteStore } = await import("@antiphon/store-sqlite");
  try {
    return await SqliteStore.open(databasePath(world), options);
  } catch (error) {
    if (!isAntiphonError(error)) throw error;
    const newer = error.code === "store_too_new" ? " Here that means a newer antiphon." : "";
    throw new Failure(`${error.message}${newer} ${remedy(world)}`, { code: error.code, cause: error });
  }
}

function remedy({ env }: World): string {
  return env["ANTIPHON_DB"] ? "The path is that of ANTIPHON_DB." : "ANTIPHON_DB names another path.";
}
