import { join } from "node:path";
import type { World } from "../world.ts";

/**
 * Where conversations are kept: `ANTIPHON_DB`, else the XDG data directory on every system, else its default. A relative `XDG_DATA_HOME` is
 * ignored, as its specification demands (https://specifications.freedesktop.org/basedir-spec/latest/).
 */
export function databasePath({ env, home, platform }: Pick<World, "env" | "home" | "platform">): string {
  if (env["ANTIPHON_DB"]) return env["ANTIPHON_DB"];
  const named = env["XDG_DATA_HOME"];
  if (named && isAbsolute(named)) return join(named, "antiphon", "conversations.db");
  const folder = platform === "win32" ? (env["LOCALAPPDATA"] ?? join(home, "AppData", "Local")) : join(home, ".local", "share");
  return join(folder, "antiphon", "conversations.db");
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[a-z]:[\\/]/i.test(path);
}
