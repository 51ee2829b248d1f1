import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

// Each of these names a key, another way to sign a request, or an endpoint; who sets one means it.
const ownAccess = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_PROFILE", "ANTHROPIC_FEDERATION_RULE_ID"];

/** Whether the practice server answers: when the user gave neither a key nor an endpoint, and the SDK has no profile of theirs. */
export function wantsPractice(env) {
  return !ownAccess.some((name) => env[name]?.trim()) && !existsSync(join(sdkFolder(env), "configs"));
}

/**
 * Whether the program answers these arguments by itself, so that no server need run. Where they leave a doubt (a flag that may be the value
 * of the option before it) they count as a question: a server that nobody asks does no harm.
 */
export function asksNothing(args) {
  const dashes = args.indexOf("--");
  const own = dashes === -1 ? args : args.slice(0, dashes);
  if (["ls", "show"].includes(own[0]) || (args.length === 1 && args[0] === "help")) return true;
  return own.some((word, index) => ["-h", "--help", "-V", "--version"].includes(word) && !own[index - 1]?.startsWith("-"));
}

/** Apart from the real conversations, so that a list of them never mixes what a model said with what the practice server said. */
export function practiceDatabase(env) {
  const named = env.XDG_DATA_HOME;
  return join(named && isAbsolute(named) ? named : dataFolder(env), "antiphon", "practice.db");
}

function dataFolder(env) {
  if (process.platform === "win32") return env.LOCALAPPDATA || join(homedir(), "AppData", "Local");
  return join(homedir(), ".local", "share");
}

/** Where the SDK keeps its profiles (its `core/credentials`). */
function sdkFolder(env) {
  if (env.ANTHROPIC_CONFIG_DIR) return env.ANTHROPIC_CONFIG_DIR;
  if (process.platform === "win32") return join(env.APPDATA || join(homedir(), "AppData", "Roaming"), "Anthropic");
  return join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "anthropic");
}
