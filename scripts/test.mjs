import { join } from "node:path";
import { runToEnd } from "./child.mjs";

// A test that found one of these would speak to the real API, or write to the user's conversations.
const ownSettings = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTIPHON_DB"];

/** Runs every test; arguments go to Vitest (`npm test -- --project core`). */
export function test({ root, node, args, env }) {
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !ownSettings.includes(name)));
  return runToEnd(node, [join(root, "node_modules", "vitest", "vitest.mjs"), "run", ...args], { cwd: root, stdio: "inherit", env: clean });
}
