import { DEFAULT_MODEL } from "@antiphon/core";
import { type Command, Option } from "commander";
import { usageFailure } from "./failure.ts";
import { CONTINUATIONS } from "./turn-flags.ts";

const LIST_MAX = 1000;

/** Which conversation, and what it is set to. */
export function addConversationOptions(command: Command): Command {
  return command
    .addOption(new Option("-m, --model <name>", `the model (a new conversation: ${DEFAULT_MODEL})`).argParser(modelName))
    .option("-s, --system <text|@file>", "the system prompt, or @ and a file that holds it")
    .addOption(
      new Option("--max-tokens <count>", `the most tokens of one reply; it is continued up to ${CONTINUATIONS} times`).argParser(
        tokenCount,
      ),
    )
    .addOption(new Option("-c, --continue", "go on with the conversation last used").conflicts("resume"))
    .option("-r, --resume <id>", "go on with the conversation whose id begins so");
}

/** How one reply is given. */
export function addReplyOptions(command: Command): Command {
  return command
    .option("-p, --print", "ask once, also on a terminal; what follows is the prompt")
    .option("--json", "events, one JSON object a line; the last has conversation, outcome, text, usage")
    .option("--strict", "exit with 5 when the reply is cut off or refused");
}

export function addColorOption(command: Command): Command {
  return command.option("--no-color", "no colour");
}

export function limitOption(): Option {
  return new Option("-n, --limit <count>", "at most this many").default(50).argParser((value) => {
    if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= LIST_MAX) return Number(value);
    throw usageFailure(`--limit is ${JSON.stringify(value)}, not a whole number from 1 to ${LIST_MAX}. Give one, for example --limit 20.`);
  });
}

function tokenCount(value: string): number {
  const count = Number(value);
  if (/^\d+$/.test(value) && count >= 1 && Number.isSafeInteger(count)) return count;
  throw usageFailure(`--max-tokens is ${JSON.stringify(value)}, not a whole number above 0. Give one, for example --max-tokens 4096.`);
}

function modelName(value: string): string {
  if (value.trim() !== "") return value.trim();
  throw usageFailure(`--model is empty. Name one, for example --model ${DEFAULT_MODEL}.`);
}
