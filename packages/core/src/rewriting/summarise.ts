import type { Bill } from "../conversation/bill.ts";
import type { Boundary, Entry, ReplyFacts } from "../conversation/entry.ts";
import type { Host } from "../host.ts";
import { project } from "../request/project.ts";
import { requireRecordable, requireStorable } from "../request/require-sendable.ts";
import type { RequestBody } from "../request/request-body.ts";
import { planReply } from "../stop/plan.ts";
import type { BranchWriter } from "../store/branch-writer.ts";
import { unansweredRow } from "../usage/usage-row.ts";
import { type AcceptOptions, requireAccepted } from "./accept-bill.ts";
import { askSummary, type Summarise, type Summary } from "./ask-summary.ts";
import { changeBill, unbilled } from "./change-bill.ts";
import { requestCompaction } from "./request-compaction.ts";
import { requireSettled } from "./require-settled.ts";
import { NOTHING_DONE, type Rewriting } from "./rewrite.ts";
import { type SummaryExtent, summaryPoint } from "./summary-point.ts";
import { AntiphonError } from "../errors.ts";
import { quoted } from "../quoted.ts";

/** What is summed up, and by whom. */
export interface SummaryCut extends SummaryExtent {
  /** Who summarises: a function of the caller's, or the API by its own compaction. */
  readonly by: Summarise | "api";
  /** What the summary is to hold. They replace the API's own prompt; a function is handed them. */
  readonly instructions?: string;
}

/** The word on what a summary costs, and a signal for the wait. */
export interface SummariseOptions extends AcceptOptions {
  /** Stops the wait for a summary: nothing is changed then. */
  readonly signal?: AbortSignal;
}

/** What of the process a summary needs. */
export type SummaryHost = Pick<Host, "client" | "recorder" | "environment">;

/**
 * Sends a summary in place of what was said up to some point. The bill is accepted before anybody is asked for a summary, and without
 * one nothing changes. Errors: `summary_failed`, `turn_open`, `bill_not_accepted`, `invalid_input`, `not_found`; the signal's reason.
 */
export async function summarise(rewriting: Rewriting, host: SummaryHost, cut: SummaryCut, options: SummariseOptions): Promise<Bill> {
  const { writer, projecting } = rewriting;
  const { path } = writer;
  requireAuthor(cut.by);
  const point = summaryPoint(path, cut);
  if (point === undefined) return NOTHING_DONE;
  requireSettled(path);
  const { throughEntryId } = point;
  const boundaryOf = (summary: Summary): Boundary => ({ type: "compaction", throughEntryId, ...summary });
  const bill = changeBill(path, [unbilled(boundaryOf(placeholder(cut)))], projecting);
  requireAccepted(bill, options);
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const body = bodyUntil(rewriting, point.end, cut.by === "api");
  const asking = { signal, instructions: cut.instructions };
  const summary = await (cut.by === "api"
    ? requestCompaction(host.client, body, {
        ...asking,
        ...writer.key,
        models: projecting.models,
        onUnused: (reply) => accountFor(reply, writer, host),
      })
    : askSummary(cut.by, body, asking));
  signal.throwIfAborted();
  const drawn = writer.draw({ kind: "boundary", boundary: boundaryOf(summary), bill });
  (cut.by === "api" ? requireRecordable : requireStorable)(path, drawn, projecting);
  await writer.append(drawn);
  return bill;
}

function requireAuthor(by: unknown): void {
  if (by === "api" || typeof by === "function") return;
  throw new AntiphonError("invalid_input", `\`by\` of the summary is ${quoted(by)}. Give it a function that summarises, or "api".`);
}

/** A reply that no entry comes of: the ledger alone knows that it was asked for. */
async function accountFor(reply: ReplyFacts, { path, key }: BranchWriter, { recorder, environment }: SummaryHost): Promise<void> {
  const { model, usage } = reply;
  const { outcome } = planReply([], reply, { prefill: false, structured: false, maxTokens: 0 });
  const about = { id: environment.orderedId(), at: environment.now(), path, key, model, outcome };
  await recorder.record(unansweredRow({ ...about, usage }));
}

/** What the summary will be, as far as its cost goes: that hangs on where it stands, and not on what it says. */
function placeholder({ by }: SummaryCut): Summary {
  return { content: [by === "api" ? { type: "compaction", content: "..." } : { type: "text", text: "..." }] };
}

/** The request that would be sent if the path ended there, with everything from behind that changes what is sent. */
function bodyUntil({ writer: { path }, projecting }: Rewriting, end: number, isSent: boolean): RequestBody {
  const changes = path.slice(end).filter((entry: Entry) => entry.kind === "boundary" || entry.kind === "settings");
  return project([...path.slice(0, end), ...changes], isSent ? projecting : { ...projecting, caching: "off" }).body;
}
