import { antiphon, ModelCatalog } from "@antiphon/core";
import { COMMAND } from "../command-name.ts";
import { ChatSession } from "../chat/chat-session.ts";
import { Keyboard } from "../chat/keyboard.ts";
import { MessageInput } from "../chat/message-input.ts";
import { paintedScreen, plainScreen } from "../chat/screen.ts";
import { readLine, WORDS } from "../chat/words.ts";
import { openClient } from "../client/open-client.ts";
import { requireModel } from "../client/require-model.ts";
import type { Context } from "../context.ts";
import { openStore } from "../conversations/open-store.ts";
import { EXIT } from "../exit-codes.ts";
import { asFailure, usageFailure } from "../failure.ts";
import { goesOn, newSettings, requireNewRoom, type TurnFlags } from "../turn-flags.ts";

const PROMPT = "> ";

/** Talks, on a terminal, until somebody leaves. Resolves to the exit code. */
export async function chat(context: Context, flags: TurnFlags): Promise<number> {
  const { world, output } = context;
  const { stdin, stdout, env } = world;
  if (!stdin.isTTY || !stdout.isTTY)
    throw usageFailure(`The chat needs a terminal. Ask once instead: ${COMMAND} "What does enumerate do?"`);
  const notice = (line: string): void => output.notice(line);
  requireNewRoom(flags);
  const client = await openClient(world);
  const store = await openStore(world, { toGoOn: goesOn(flags) });
  // Asks the Models API beside the first message; a one-shot would wait for it in vain.
  const models = new ModelCatalog({ client });
  const raw = env["TERM"] !== "dumb";
  const keyboard = new Keyboard({ stdin, stdout, raw });
  const input = new MessageInput({ keyboard, screen: raw ? paintedScreen(stdout, PROMPT) : plainScreen(stdout, PROMPT), notice });
  const repaint = (): void => input.repaint();
  try {
    const session = new ChatSession(
      { context, antiphon: antiphon({ client, store, models, holder: `antiphon ${process.pid}` }), store, client },
      flags,
    );
    // A file that cannot be read, a model or a conversation that does not exist: told before the chat begins.
    const model = goesOn(flags) ? undefined : newSettings(flags).model;
    if (model === undefined) await session.takeUp();
    else await requireModel(client, model);
    notice(
      `${model === undefined ? "" : `A new conversation with ${model}. `}Enter sends, Ctrl+J adds a line, Ctrl-C stops a reply, Ctrl-D leaves; /help says more.`,
    );
    keyboard.open();
    stdout.on("resize", repaint);
    const code = await talk(context, { keyboard, input, session, repaint });
    if (session.short !== undefined) notice(`The conversation is kept: ${COMMAND} -r ${session.short} goes on with it.`);
    return code;
  } finally {
    stdout.off("resize", repaint);
    keyboard.close();
    models.stop();
    await store.close();
  }
}

interface Talk {
  readonly keyboard: Keyboard;
  readonly input: MessageInput;
  readonly session: ChatSession;
  readonly repaint: () => void;
}

async function talk(context: Context, { keyboard, input, session, repaint }: Talk): Promise<number> {
  const { output, interruption, world } = context;
  while (interruption.exitCode === undefined) {
    const asked = await input.ask();
    if (asked.type === "gone") return EXIT.hungUp;
    if (asked.type === "interrupted") return EXIT.interrupted;
    if (asked.type === "left") return EXIT.ok;
    const line = readLine(asked.text);
    if (line.type === "unknown")
      output.notice(
        line.known
          ? `${line.word} stands alone: leave out what follows it. To send the line as text, put another / before it.`
          : `${line.word} is no word of the chat; /help lists them. To send it as text, put another / before it.`,
      );
    else if (line.type === "word") {
      if (line.word === "exit") return EXIT.ok;
      if (line.word === "help") await output.write(HELP);
      if (line.word === "new") {
        session.leave();
        output.notice("A new conversation begins with your next message.");
      }
    } else {
      world.stdout.off("resize", repaint);
      const stop = new AbortController();
      const sent = await keyboard.during(send(context, session, line.text, stop.signal), () => stop.abort());
      if (!sent) input.putBack(asked.text);
      world.stdout.on("resize", repaint);
    }
  }
  return interruption.exitCode;
}

/** What goes wrong with one message does not end the chat. */
async function send({ output }: Context, session: ChatSession, text: string, stop: AbortSignal): Promise<boolean> {
  try {
    return await session.send(text, stop);
  } catch (error) {
    output.notice(asFailure(error).message);
    return false;
  }
}

const HELP = `${Object.entries(WORDS)
  .map(([word, what]) => `${`/${word}`.padEnd(8)}${what}`)
  .join("\n")}
//word  a message that begins with /word

Enter sends. Ctrl+J, Alt+Enter, or \\ and Enter add a line. A pasted block is one message.
Up and Down go through the lines, then through what was sent. Ctrl-C or Esc stops a reply; what came is kept.
`;
