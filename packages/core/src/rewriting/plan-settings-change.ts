import { type Bill, isFree, NO_BILL } from "../conversation/bill.ts";
import type { BoundaryBody, Entry, EntryBody, MessageBody, MessageEntry } from "../conversation/entry.ts";
import { keepsCache, keepsPrefix, type Settings } from "../conversation/settings.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import { MODEL_TABLE } from "../models/model-catalog.ts";
import { settingsInForce } from "../request/boundaries.ts";
import { instructionOf, instructionsOn, sentSystemMessages, settingsAsTold } from "../request/instructions.ts";
import type { ProjectOptions } from "../request/project.ts";
import { changeBill } from "./change-bill.ts";

/** The entries by which settings change, none where nothing does, and what they cost. */
export interface PlannedChange {
  readonly bodies: readonly EntryBody[];
  readonly bill: Bill;
}

export interface PlanOptions extends ProjectOptions {
  /** Puts a changed `system` to the top also where the model could be told of it in a message. */
  readonly swap?: boolean;
}

/**
 * How the settings of a path become these. A changed `system` is told in a message behind what was said, where the model takes
 * such messages and has answered under the old one: the sent prefix stays, and with it thinking and cache. Everything else that
 * changes the prefix is a boundary, at which `system` says again what the model was told last. Pure.
 */
export function planSettingsChange(path: readonly Entry[], wanted: Settings, options: PlanOptions): PlannedChange {
  const sent = settingsInForce(path)!;
  const told = instructionsOn(path);
  const kept = withSystem(wanted, sent.system);
  const systemStays = told.length > 0 ? saysTheSame(settingsAsTold(path)!.system, wanted.system) : isEqual(sent.system, wanted.system);
  const mayStay = keepsPrefix(sent, kept) && !(options.swap === true && (!systemStays || told.length > 0));
  const message = mayStay && !systemStays ? tellInMessage(path, wanted, options) : [];
  if (!mayStay || message === undefined) return atBoundary(path, wanted, options);
  const { bodies, bill } = behindPrefix(path, kept, options);
  return { bodies: [...bodies, ...message], bill };
}

/** A change of settings that the sent prefix does not hang on. */
function behindPrefix(path: readonly Entry[], settings: Settings, options: ProjectOptions): PlannedChange {
  const before = settingsInForce(path)!;
  const fields = new Set([...Object.keys(before), ...Object.keys(settings)]);
  if ([...fields].every((field) => isEqual(before[field], settings[field]))) return { bodies: [], bill: NO_BILL };
  const bill = keepsCache(before, settings) ? NO_BILL : changeBill(path, [settingsBoundary(settings, NO_BILL)], options);
  return { bodies: [isFree(bill) ? { kind: "settings", settings } : settingsBoundary(settings, bill)], bill };
}

/** A change of the prefix itself. What was told in messages of ours stands at the top again. */
function atBoundary(path: readonly Entry[], wanted: Settings, options: ProjectOptions): PlannedChange {
  const takesNone = (options.models ?? MODEL_TABLE).facts(wanted.model)?.systemMessages === false;
  const folded = takesNone ? sentSystemMessages(path).filter((entry) => entry.setting === undefined) : [];
  const settings = withSystem(wanted, withAdded(wanted.system, folded));
  const gone = takesNone ? sentSystemMessages(path) : instructionsOn(path);
  const first = leftOut(gone, "told at the top");
  const bill = changeBill(path, [...first, settingsBoundary(settings, NO_BILL)], options);
  // Each boundary says what it costs by itself, the second what is left of the whole.
  const own = first.length > 0 ? changeBill(path, first, options) : NO_BILL;
  return { bodies: [...first.map((body) => ({ ...body, bill: own })), settingsBoundary(settings, less(bill, own))], bill };
}

function less(whole: Bill, part: Bill): Bill {
  return {
    thinkingBlocks: Math.max(0, whole.thinkingBlocks - part.thinkingBlocks),
    cachedTokens: Math.max(0, whole.cachedTokens - part.cachedTokens),
    toolPairs: Math.max(0, whole.toolPairs - part.toolPairs),
  };
}

/**
 * The entries by which the model is told in a message. One that no reply has answered yet is taken back: to tell it as well would only
 * contradict. `undefined` where this cannot be told so.
 */
function tellInMessage(path: readonly Entry[], wanted: Settings, options: ProjectOptions): readonly EntryBody[] | undefined {
  const lastReply = path.findLastIndex((entry) => entry.kind === "message" && entry.role === "assistant");
  const told = instructionsOn(path);
  const unanswered = told.filter((entry) => path.indexOf(entry) > lastReply);
  const answered = told[told.length - unanswered.length - 1];
  const content = instructionOf(wanted.system);
  const takenBack = leftOut(unanswered, "changed again");
  if (isEqual(answered?.content ?? instructionOf(settingsInForce(path)!.system), content)) return takenBack;
  const takesIt = (options.models ?? MODEL_TABLE).facts(wanted.model)?.systemMessages === true;
  if (content === undefined || !takesIt || !isInUse(path, wanted, options)) return undefined;
  const message: MessageBody = { kind: "message", role: "system", content, origin: "synthetic", setting: "system" };
  return [...takenBack, message];
}

/** Whether a reply was made under the prefix as it stands, or something would be lost with it. Else a swap is free, and says it plainly. */
function isInUse(path: readonly Entry[], wanted: Settings, options: ProjectOptions): boolean {
  const isOfReply = (entry: Entry): boolean => entry.kind === "message" && entry.reply !== undefined;
  return path.slice(lastPrefixChange(path)).some(isOfReply) || !isFree(atBoundary(path, wanted, options).bill);
}

function lastPrefixChange(path: readonly Entry[]): number {
  let before: Settings | undefined;
  let last = 0;
  for (const [at, entry] of path.entries()) {
    const settings = entry.kind === "settings" ? entry.settings : settingsOf(entry);
    if (settings === undefined) continue;
    if (before === undefined || !keepsPrefix(before, settings)) last = at;
    before = settings;
  }
  return last;
}

function settingsOf(entry: Entry): Settings | undefined {
  return entry.kind === "boundary" && entry.boundary.type === "settings" ? entry.boundary.settings : undefined;
}

function leftOut(entries: readonly MessageEntry[], reason: string): readonly BoundaryBody[] {
  if (entries.length === 0) return [];
  return [{ kind: "boundary", boundary: { type: "left-out", entryIds: entries.map(({ id }) => id), reason }, bill: NO_BILL }];
}

function settingsBoundary(settings: Settings, bill: Bill): BoundaryBody {
  return { kind: "boundary", boundary: { type: "settings", settings }, bill };
}

/** What programs said in `system` messages joins the system prompt of a model that takes none. Changes of tools have no words. */
function withAdded(system: Settings["system"], added: readonly MessageEntry[]): Settings["system"] {
  const blocks = added.flatMap(({ content }) => content).filter(({ type }) => type === "text");
  if (blocks.length === 0) return system;
  const own: readonly ContentBlock[] = typeof system === "string" ? [{ type: "text", text: system }] : ((system ?? []) as never);
  return [...own, ...blocks] as unknown as NonNullable<Settings["system"]>;
}

function withSystem(settings: Settings, system: Settings["system"]): Settings {
  const { system: _other, ...rest } = settings;
  return system === undefined ? rest : { ...rest, system };
}

function saysTheSame(one: Settings["system"], other: Settings["system"]): boolean {
  return isEqual(instructionOf(one), instructionOf(other));
}

/** In wire form. */
function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
