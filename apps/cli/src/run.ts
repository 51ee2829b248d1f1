import { CommanderError } from "commander";
import { COMMAND } from "./command-name.ts";
import type { Context } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { asFailure, type Failure, usageFailure } from "./failure.ts";
import { buildProgram } from "./program.ts";
import { failureJson } from "./render/json-view.ts";

/** Runs a command line to its exit code. Whatever is thrown becomes one line on stderr. */
export async function run(context: Context, args: readonly string[]): Promise<number> {
  const { output, interruption } = context;
  try {
    const code = await buildProgram(context).run(settleArguments(context, args));
    return interruption.exitCode ?? code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    if (interruption.exitCode !== undefined) return interruption.exitCode;
    const failure = error instanceof CommanderError ? usage(error, args) : asFailure(error);
    output.notice(failure.message);
    if (beforeDashes(args).includes("--json"))
      void output.write(failureJson({ code: failure.code, message: output.withoutSecrets(failure.message) }));
    return failure.exitCode;
  }
}

/** What is behind `--` or `-p` is a question, whatever its first word is; `antiphon help` asks for help and not a model. */
function settleArguments(context: Context, args: readonly string[]): readonly string[] {
  if (args.length === 1 && args[0] === "help") return ["--help"];
  const before = beforeDashes(args);
  try {
    const { command } = buildProgram(context);
    command.configureOutput({ writeOut: () => undefined });
    const { operands } = command.parseOptions([...before]);
    if (command.opts()["print"] === true && operands[0] !== "ask") return ["ask", ...args];
    return operands.length === 0 && before.length < args.length ? [...before, "ask", ...args.slice(before.length)] : args;
  } catch {
    // What is wrong with them is told by the parse that counts.
    return args;
  }
}

function beforeDashes(args: readonly string[]): readonly string[] {
  const dashes = args.indexOf("--");
  return dashes === -1 ? args : args.slice(0, dashes);
}

function usage(error: CommanderError, args: readonly string[]): Failure {
  const said = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  const what = said.charAt(0).toUpperCase() + said.slice(1);
  if (error.code === "commander.excessArguments") {
    return usageFailure(
      `"${COMMAND} ${args.join(" ")}" is the command ${args[0]} with too many words. To ask it as a question: ${COMMAND} ask ${args.join(" ")}`,
    );
  }
  const remedy =
    error.code === "commander.unknownOption"
      ? `See ${COMMAND} --help, or put -- before a prompt that begins with "-".`
      : `See ${COMMAND} --help.`;
  return usageFailure(`${what}${/[.?)]$/.test(what) ? "" : "."} ${remedy}`);
}
