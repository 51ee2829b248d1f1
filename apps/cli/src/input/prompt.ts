import { fstatSync } from "node:fs";
import { COMMAND } from "../command-name.ts";
import { usageFailure } from "../failure.ts";
import type { World } from "../world.ts";
import { hasWriterBeside } from "./pipe-writers.ts";
import { readStdin } from "./stdin-text.ts";

/** A pipe with something in it is read within this; the program takes longer to start. */
const FIRST_BYTE_MS = 100;
/** For a pipe where the system does not tell who holds its other end. */
const UNKNOWN_WRITER_MS = 3_000;

/**
 * The question of a one shot: the words of the command line, what is piped, or what is piped, a blank line, and the words.
 * Errors: a usage failure for a prompt that is empty or white space.
 */
export async function readPrompt(
  world: World,
  words: readonly string[],
  { print, notice }: { readonly print: boolean; readonly notice: (line: string) => void },
): Promise<string> {
  const asked = words.join(" ");
  const hasWords = asked.trim() !== "";
  if (print && !hasWords && world.stdin.isTTY)
    throw usageFailure(`-p needs a prompt on a terminal. Ask something: ${COMMAND} -p "What does enumerate do?"`);
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

/**
 * A prompt waits for a program beside it that holds the pipe, and for a file. It does not wait for what its caller left open:
 * a socket, or a pipe that nobody else holds.
 */
async function pipedText({ stdin }: World, hasWords: boolean, notice: (line: string) => void): Promise<string> {
  const kind = fstatSync(stdin.fd);
  const patience = {
    patienceMs: FIRST_BYTE_MS,
    more: () => (kind.isFIFO() ? moreForPipe() : 0),
    waiting: () => notice("Waiting for standard input, which another program holds open. Ctrl-C stops; < /dev/null takes none."),
  };
  const read = await readStdin(stdin, hasWords && !kind.isFile() ? patience : {});
  if ("text" in read) return read.text;
  notice("nothing came on standard input, so only the prompt is sent. Use < /dev/null to say so, or pipe from a file.");
  return "";
}

function moreForPipe(): number {
  const beside = hasWriterBeside();
  if (beside === undefined) return UNKNOWN_WRITER_MS;
  return beside ? Number.POSITIVE_INFINITY : 0;
}
