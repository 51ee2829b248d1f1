import type { Context } from "../context.ts";
import { byIdPrefix, lastUsed, NO_CONVERSATIONS } from "../conversations/choose-conversation.ts";
import { openStoreToRead } from "../conversations/open-store.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { entryHeading, entryParts } from "../render/entry.ts";

/** Prints the whole path of a conversation, each entry under a line that says who made it. */
export async function show(
  { world, output, interruption }: Context,
  id: string | undefined,
  flags: { readonly json?: boolean },
): Promise<number> {
  const store = await openStoreToRead(world);
  if (store === undefined) throw new Failure(NO_CONVERSATIONS, { code: "not_found" });
  try {
    const { id: conversationId, headBranchId: branchId } = id === undefined ? await lastUsed(store) : await byIdPrefix(store, id);
    if (flags.json !== true) await output.write([output.style("bold", `conversation ${conversationId}`), "\n"]);
    for await (const entry of store.read({ conversationId, branchId })) {
      const parts = entryParts(entry).flatMap(({ text, quiet }) => [quiet ? output.style("dim", text) : text, "\n"]);
      const whole = flags.json === true ? `${JSON.stringify(entry)}\n` : ["\n", output.style("dim", entryHeading(entry)), "\n", ...parts];
      await output.write(whole, interruption.signal);
    }
    const draft = await store.readDraft({ conversationId, branchId });
    if (draft !== undefined)
      output.notice("A reply is being written here, or was cut off. What came of it joins the conversation when somebody goes on with it.");
    return EXIT.ok;
  } finally {
    await store.close();
  }
}
