import { COMMAND } from "../command-name.ts";
import { usageFailure } from "../failure.ts";
import type { World } from "../world.ts";
import { PATIENCE_MS, readStdin } from "./stdin-text.ts";

/**
 * The question of a one shot: the words of the command line, what is piped, or what is piped, a blank line, and the words.
 * Errors: a usage failure for a prompt that is empty or white space.
 */
export async function readPrompt(world: World, words: readonly string[], notice: (line: string) => void): Promise<string> {
  const asked = words.join(" ");
  const hasWords = asked.trim() !== "";
  const piped = world.stdin.isTTY && words.length > 0 ? "" : await pipedText(world, hasWords, notice);
  const prompt = joinPrompt(piped, asked);
  if (prompt === "") throw usageFailure(`The prompt is empty. Ask something: ${COMMAND} "What does enumerate do?"`);
  return prompt;
}

/** Leading space of what is piped stays, since it may be code; line breaks at its end go. */
export function joinPrompt(piped: string, asked: string): string {
  const text = piped.trim() === "" ? "" : piped.replace(/\s+$/, "");
  const words = asked.trim() === "" ? "" : asked;
  return text !== "" && words !== "" ? `${text}\n\n${words}` : text + words;
}

async function pipedText(world: World, hasWords: boolean, notice: (line: string) => void): Promise<string> {
  const stdin = await readStdin(world.stdin, hasWords ? { patienceMs: PATIENCE_MS } : {});
  if ("text" in stdin) return stdin.text;
  notice(
    `nothing came on standard input for ${PATIENCE_MS / 1000} s, so only the prompt is sent. Use < /dev/null to skip the wait, or pipe from a file.`,
  );
  return "";
}
