import type { Bill } from "../conversation/bill.ts";
import type { Boundary, Entry } from "../conversation/entry.ts";
import { AntiphonError } from "../errors.ts";
import { toolCalls } from "../messages/text.ts";
import { applyBoundaries, CLEARED_RESULT } from "../request/boundaries.ts";
import { callIds, matchAnswers, splitRuns } from "../request/tool-answers.ts";
import type { AcceptOptions } from "./accept-bill.ts";
import { NOTHING_DONE, rewrite, type Rewriting } from "./rewrite.ts";
import { quoted } from "../quoted.ts";

/** Which tool results are sent as a placeholder from here on. */
export interface ClearCut {
  /** Nothing is cleared until more than so many results would be. Left out: now. */
  readonly over?: number;
  /** So many results stay, the newest of those that the names below let through. */
  readonly keep: number;
  /** Only results of these tools. */
  readonly tools?: readonly string[];
  /** Never those of these. */
  readonly exclude?: readonly string[];
}

/** Sends old tool results as a placeholder. Errors: those of {@link clearBoundary} and {@link rewrite}. */
export function clear(rewriting: Rewriting, cut: ClearCut, options: AcceptOptions): Promise<Bill> {
  const boundary = clearBoundary(rewriting.writer.path, cut);
  return boundary === undefined ? Promise.resolve(NOTHING_DONE) : rewrite(rewriting, boundary, options);
}

/**
 * The boundary that a clearing comes to, or `undefined` where there is nothing to clear. Errors: `invalid_input` for what is no number,
 * or an `over` below `keep`.
 */
export function clearBoundary(path: readonly Entry[], cut: ClearCut): Boundary | undefined {
  const { keep, over = keep, tools, exclude = [] } = cut;
  requireCount("keep", keep);
  requireCount("over", over);
  requireNames("tools", tools);
  requireNames("exclude", exclude);
  if (over < keep) throw invalid(`\`over\` is ${over}, and \`keep\` is ${keep}. Keep no more than it clears at.`);
  const results = sentResults(path);
  const named = results.filter(({ name, isCleared }) => !isCleared && tools?.includes(name) !== false && !exclude.includes(name));
  if (named.length <= over) return undefined;
  const chosen = named.slice(0, named.length - keep);
  const through = Math.max(...chosen.map(({ index }) => index));
  // Some servers count their ids anew in every reply: one that stays keeps its namesakes.
  const kept = new Set(results.filter((result) => result.index <= through && !chosen.includes(result)).map(({ toolUseId }) => toolUseId));
  const toolUseIds = [...new Set(chosen.map(({ toolUseId }) => toolUseId))].filter((id) => !kept.has(id));
  return toolUseIds.length > 0 ? { type: "clear", toolUseIds, throughEntryId: path[through]!.id } : undefined;
}

interface SentResult {
  readonly toolUseId: string;
  readonly name: string;
  /** The place of its entry in the path. */
  readonly index: number;
  readonly isCleared: boolean;
}

/** The results that are sent and answer a call, in the order of their entries. */
function sentResults(path: readonly Entry[]): readonly SentResult[] {
  const places = new Map(path.map(({ id }, index) => [id, index]));
  const runs = splitRuns(applyBoundaries(path));
  const answers = matchAnswers(runs);
  const names = new Map(
    runs.flatMap((run) => {
      const calls = run.messages.flatMap(({ content }) => toolCalls(content));
      return callIds(run).flatMap((id) => {
        const answer = answers.get(run)!.get(id);
        return answer === undefined ? [] : [[answer, calls.find((call) => call.id === id)!.name] as const];
      });
    }),
  );
  return runs
    .flatMap(({ messages }) => messages)
    .flatMap(({ entryId, content }) =>
      content.flatMap((block) => {
        const [name, index] = [names.get(block), places.get(entryId ?? "")];
        if (name === undefined || index === undefined) return [];
        return [{ toolUseId: String(block.tool_use_id), name, index, isCleared: block.content === CLEARED_RESULT }];
      }),
    );
}

function requireCount(name: string, count: unknown): void {
  if (Number.isInteger(count) && Number(count) >= 0) return;
  throw invalid(`\`${name}\` is ${quoted(count)}. Give it a whole number of results, from 0 up.`);
}

function requireNames(name: string, names: unknown): void {
  if (names === undefined || (Array.isArray(names) && names.every((each) => typeof each === "string"))) return;
  throw invalid(`\`${name}\` is ${quoted(names)}. Give it a list of the names of tools, or leave it out.`);
}

function invalid(message: string): AntiphonError {
  return new AntiphonError("invalid_input", message);
}
