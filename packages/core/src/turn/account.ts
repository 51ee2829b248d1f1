import type { Projection } from "../request/project.ts";
import type { Outcome } from "../stop/outcome.ts";
import { lastRequestOf, unansweredRow, type UsageRow } from "../usage/usage-row.ts";
import type { Received } from "./receive-reply.ts";
import { wordsOf } from "../tools/runnable-tool.ts";
import type { TurnContext } from "./turn-context.ts";

/** Accounts for a request whose reply was not stored, or not where it should have been. */
export async function accountForRequest(turn: TurnContext, request: Projection, received: Received, outcome: Outcome): Promise<void> {
  const { writer, environment } = turn;
  const stored = lastRequestOf(writer.key.conversationId, writer.path);
  const about = { key: writer.key, path: writer.path, at: environment.now(), model: request.body.model };
  const usage = received.part?.facts.usage;
  await record(turn, stored?.id === received.entryId ? stored : unansweredRow({ ...about, id: received.entryId, outcome, usage }));
}

/** Accounts for the last reply on the path. Doing it again changes nothing: so a turn begins, as a crash may have come between an entry and its row. */
export async function accountForReply({ writer, ...turn }: Pick<TurnContext, "writer" | "recorder" | "events">): Promise<void> {
  await record(turn, lastRequestOf(writer.key.conversationId, writer.path));
}

async function record({ recorder, events }: Pick<TurnContext, "recorder" | "events">, row: UsageRow | undefined): Promise<void> {
  const unrecorded = await recorder.record(row);
  if (unrecorded !== undefined) await events.emit({ type: "usage-unrecorded", rows: unrecorded.rows, message: wordsOf(unrecorded.error) });
}
