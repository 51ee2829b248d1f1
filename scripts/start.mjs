import { join } from "node:path";
import { runToEnd } from "./child.mjs";
import { asksNothing, practiceDatabase, wantsPractice } from "./practice-mode.mjs";
import { startPracticeServer } from "./practice-server.mjs";
import { SOURCE_FLAGS } from "./project-node.mjs";

/** What a newcomer types before the program's own arguments; the program's hints repeat it. */
const typed = { ANTIPHON_COMMAND: "npm start --" };

/**
 * Opens the chat, or answers the question in `args`. With a key, or an endpoint of the user's own, the program finds it by itself; without,
 * it talks to a practice server that lives as long as the chat.
 */
export async function start({ root, node, args, env }) {
  const launcher = join(root, "scripts", "launcher.mjs");
  const antiphon = (more) =>
    runToEnd(node, [...SOURCE_FLAGS, launcher, ...args], {
      cwd: env.INIT_CWD ?? process.cwd(),
      stdio: "inherit",
      env: { ...env, ...typed, ...more },
    });
  if (!wantsPractice(env)) return antiphon({});
  const database = env.ANTIPHON_DB || practiceDatabase(env);
  if (asksNothing(args)) return antiphon({ ANTIPHON_DB: database });

  const server = await startPracticeServer({ root, node, env });
  try {
    process.stderr.write(
      `antiphon: no ANTHROPIC_API_KEY, so a practice server on this machine answers (not a model); conversations are kept in ${database}\n`,
    );
    return await antiphon({ ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: "practice", ANTIPHON_DB: database });
  } finally {
    await server.stop();
  }
}
