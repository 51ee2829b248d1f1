import { antiphon } from "@antiphon/core";
import { openClient } from "../client/open-client.ts";
import { openConversation } from "../conversations/open-conversation.ts";
import { openStore } from "../conversations/open-store.ts";
import { readPrompt } from "../input/prompt.ts";
import type { Context } from "../context.ts";
import { JsonView } from "../render/json-view.ts";
import { outcomeExitCode } from "../render/outcome-exit-code.ts";
import { TextView } from "../render/text-view.ts";
import { runTurn } from "../run-turn.ts";
import { goesOn, requireNewRoom, type TurnFlags } from "../turn-flags.ts";

/** One question, one answer. Resolves to the exit code. */
export async function ask(context: Context, words: readonly string[], flags: TurnFlags): Promise<number> {
  const { world, output, interruption } = context;
  const notice = (line: string): void => output.notice(line);
  const prompt = await readPrompt(world, words, { print: flags.print === true, notice });
  requireNewRoom(flags);
  const client = await openClient(world);
  const store = await openStore(world, { toGoOn: goesOn(flags) });
  try {
    const source = { antiphon: antiphon({ client, store, holder: `antiphon ${process.pid}` }), store, client, notice };
    const { conversation, short, continued } = await openConversation(source, flags);
    return await interruption.during(async (signal) => {
      const view = flags.json === true ? new JsonView(output, signal) : new TextView(output, signal);
      view.begin({ conversation: conversation.id, branch: conversation.branchId, continued });
      const { outcome, accepted } = await runTurn({
        conversation,
        store,
        prompt,
        view,
        signal,
        short,
        baseUrl: client.baseURL,
        inChat: false,
      });
      // A conversation in which nothing could be said was never one.
      if (!accepted && !continued) await store.erase({ conversationId: conversation.id });
      return outcomeExitCode(outcome, flags.strict === true);
    });
  } finally {
    await store.close();
  }
}
