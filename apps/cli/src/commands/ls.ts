import type { ConversationStore, ConversationSummary } from "@antiphon/core";
import { COMMAND } from "../command-name.ts";
import type { Context } from "../context.ts";
import { NO_CONVERSATIONS } from "../conversations/choose-conversation.ts";
import { firstWordsOf } from "../conversations/first-words.ts";
import { openStoreToRead } from "../conversations/open-store.ts";
import { shortId } from "../conversations/short-id.ts";
import { EXIT } from "../exit-codes.ts";
import { oneLine } from "../render/clean-text.ts";
import { localMinute } from "../render/local-minute.ts";

/** Lists conversations, last used first: id, when, first words. Aligned on a terminal, tabs between in a pipe. */
export async function ls({ world, output }: Context, flags: { readonly limit: number; readonly json?: boolean }): Promise<number> {
  const store = await openStoreToRead(world);
  try {
    const page = (await store?.list({ limit: flags.limit })) ?? { conversations: [] };
    if (page.conversations.length === 0) output.notice(NO_CONVERSATIONS);
    for (const summary of page.conversations) {
      const words = await firstWordsIn(store!, summary);
      const row = { short: await shortId(store!, summary.id), when: localMinute(summary.usedAt), words };
      await output.write(flags.json === true ? json(summary, words) : line(row, output.isTerminal ? output.columns : undefined));
    }
    if (page.cursor !== undefined) output.notice(`There are more: ${COMMAND} ls --limit ${Math.min(1000, flags.limit * 4)}`);
    return EXIT.ok;
  } finally {
    await store?.close();
  }
}

function firstWordsIn(store: ConversationStore, { id, headBranchId }: ConversationSummary): Promise<string | undefined> {
  return firstWordsOf(store.read({ conversationId: id, branchId: headBranchId }), 200);
}

function line(row: { short: string; when: string; words: string | undefined }, columns: number | undefined): string {
  const words = row.words ?? "(nothing was said yet)";
  if (columns === undefined) return `${row.short}\t${row.when}\t${words}\n`;
  const before = `${row.short}  ${row.when}  `;
  return `${before}${oneLine(words, Math.max(20, columns - before.length - 1))}\n`;
}

function json({ id, createdAt, usedAt }: ConversationSummary, words: string | undefined): string {
  const fields = { id, createdAt: new Date(createdAt).toISOString(), usedAt: new Date(usedAt).toISOString(), firstWords: words ?? null };
  return `${JSON.stringify(fields)}\n`;
}
