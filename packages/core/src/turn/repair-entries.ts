import type { NewEntry } from "../conversation/entry.ts";
import type { Projection, ProjectOptions } from "../request/project.ts";
import { billedTogether } from "../rewriting/change-bill.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import type { TurnContext } from "./turn-context.ts";

/** What repair made up for a request, as the entries by which it stays. */
export function repairEntries(
  writer: BranchWriter,
  { repairs, superseded }: Pick<Projection, "repairs" | "superseded">,
  projecting: ProjectOptions,
): readonly NewEntry[] {
  const boundaries = billedTogether(writer.path, superseded, projecting).map((body) => writer.draw(body));
  const answers = repairs.length > 0 ? [writer.draw({ kind: "message", role: "user", content: repairs, origin: "synthetic" })] : [];
  return [...boundaries, ...answers];
}

/** Stores what repair made up, of the calls that are to be answered now, and tells the turn's readers. */
export async function storeRepairs(
  turn: TurnContext,
  { repairs: all, superseded }: Projection,
  isAnswered: (toolUseId: string) => boolean = () => true,
): Promise<void> {
  const repairs = all.filter((block) => isAnswered(String(block.tool_use_id)));
  const { writer, events } = turn;
  const entries = repairEntries(writer, { repairs, superseded }, turn);
  if (entries.length === 0) return;
  await writer.append(...entries);
  const answers = entries.find((entry) => entry.kind === "message");
  if (answers)
    await events.emit({ type: "repair-stored", entryId: answers.id, toolUseIds: repairs.map((block) => String(block.tool_use_id)) });
}
