import { readFileSync } from "node:fs";
import { Command } from "commander";
import { COMMAND } from "./command-name.ts";
import type { Context } from "./context.ts";
import { usageFailure } from "./failure.ts";
import { addColorOption, addConversationOptions, addReplyOptions, limitOption } from "./options.ts";
import type { TurnFlags } from "./turn-flags.ts";

/** A command line, read; carries out its command and resolves to the exit code. */
export interface Program {
  readonly command: Command;
  run(args: readonly string[]): Promise<number>;
}

/** The command line: which commands there are, what they take, and which file does each. That file is loaded when it is asked for. */
export function buildProgram(context: Context): Program {
  let exitCode: Promise<number> | number = 0;
  const program = new Command(COMMAND)
    .description("Conversations with Claude in the terminal, kept in a local database.")
    .usage(`[options] [prompt...]\n       ${COMMAND} <command> [options]`)
    .argument(
      "[prompt...]",
      "the question; what is piped in goes before it, with a blank line between; with neither, on a terminal, the chat opens",
    )
    .version(version(), "-V, --version", "print the version")
    .addHelpText("after", AFTER_HELP);
  addReplyOptions(addConversationOptions(program)).action(async (words: string[], flags: TurnFlags) => {
    exitCode =
      words.length === 0 && context.world.stdin.isTTY && flags.print !== true ? openChat(context, flags) : askOnce(context, words, flags);
    await exitCode;
  });

  const ask = program
    .command("ask")
    .argument("[prompt...]")
    .description("ask once, also with a first word that is a command, or on a terminal");
  addReplyOptions(addConversationOptions(ask)).action(async (words: string[]) => {
    await (exitCode = askOnce(context, words, { ...program.opts(), ...ask.opts() }));
  });
  const chat = program.command("chat").description("talk, on a terminal");
  addConversationOptions(chat).action(async () => {
    await (exitCode = openChat(context, { ...program.opts(), ...chat.opts() }));
  });
  const ls = program
    .command("ls")
    .description("list the conversations, last used first")
    .addOption(limitOption())
    .option("--json", "one JSON object a line");
  ls.action(async () => {
    const command = await import("./commands/ls.ts");
    await (exitCode = command.ls(context, { ...program.opts(), ...ls.opts() }));
  });
  const show = program
    .command("show")
    .argument("[id]", "the beginning of its id")
    .description("print a conversation: the last used, or one by its id");
  show.option("--json", "its entries, one JSON object a line").action(async (id: string | undefined) => {
    const command = await import("./commands/show.ts");
    await (exitCode = command.show(context, id, { ...program.opts(), ...show.opts() }));
  });

  for (const command of [program, ...program.commands]) settle(command, context);
  return {
    command: program,
    async run(args) {
      await program.parseAsync(args, { from: "user" });
      return exitCode;
    },
  };
}

async function askOnce(context: Context, words: readonly string[], flags: TurnFlags): Promise<number> {
  const { ask } = await import("./commands/ask.ts");
  return ask(context, words, flags);
}

async function openChat(context: Context, flags: TurnFlags): Promise<number> {
  if (flags.json === true) throw usageFailure(`--json needs a prompt: ${COMMAND} --json "What does enumerate do?"`);
  const { chat } = await import("./commands/chat.ts");
  return chat(context, flags);
}

/** What all commands have in common. Commander writes nothing but help and version: its errors are told like all others. */
function settle(command: Command, { output, world }: Context): void {
  addColorOption(command)
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .enablePositionalOptions()
    .allowExcessArguments(false)
    .exitOverride()
    .configureHelp({ helpWidth: 100 })
    .configureOutput({ writeOut: (text) => void world.stdout.write(text), writeErr: () => undefined, outputError: () => undefined })
    .hook("preAction", (_program, acting) => {
      if (acting.optsWithGlobals()["color"] === false || command.opts()["color"] === false) output.useColor(false);
    });
}

function version(): string {
  return (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
}

const EXAMPLES = [
  [`${COMMAND} "What does enumerate do?"`, "one question"],
  [`git diff | ${COMMAND} "Review this"`, "what is piped in, and a question about it"],
  [`${COMMAND} -c "And in Rust?"`, "go on with the conversation last used"],
  [`${COMMAND} -r 3f2a "And in Go?"`, "go on with another one"],
  [COMMAND, "the chat, on a terminal"],
] as const;
const EXAMPLES_WIDTH = 39 + Math.max(0, COMMAND.length - "antiphon".length);

const AFTER_HELP = `
Examples:
${EXAMPLES.map(([typed, what]) => `  ${typed.padEnd(EXAMPLES_WIDTH)}  ${what}`).join("\n")}

A first word that is a command is that command: quote the whole prompt, or say
${COMMAND} ask, or put -- before it. Put -- before a prompt that begins with "-".

Environment:
  ANTHROPIC_API_KEY    the key; ANTHROPIC_AUTH_TOKEN and the SDK's profiles work too
  ANTHROPIC_BASE_URL   another endpoint that speaks the Messages API
  ANTIPHON_DB          the database, else antiphon/conversations.db in XDG_DATA_HOME
  NO_COLOR             no colour

Exit codes: 0 ok, 1 failure, 2 usage, 4 no or bad key, 5 truncated or refused with --strict,
130 Ctrl-C, 143 SIGTERM.
`;
