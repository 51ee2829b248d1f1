import type { RequestView } from "./request-view.ts";

/**
 * How sure a rule is. `recorded`: a recorded answer of the API shows it. `official`: Anthropic's documentation or its
 * SDK's types say it. `high`, `medium`: public code and issues agree on it. `legacy`: it held once.
 */
export type Confidence = "recorded" | "official" | "high" | "medium" | "legacy";

export type RuleGroup =
  | "structure"
  | "prefill"
  | "tools"
  | "thinking"
  | "sampling"
  | "limits"
  | "media"
  | "cache"
  | "misc"
  | "headers"
  | "account"
  | "files";

/** Something that the API rejects: what, with which words, and how we know. */
export interface RuleStatement {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly group: RuleGroup;
  /** What is rejected, in one sentence. */
  readonly says: string;
  /** The HTTP status of the rejection. */
  readonly status: number;
  /** The API's text, with `{name}` for what it fills in. Ours where `textPublished` is false. */
  readonly text: string;
  readonly textPublished?: false;
  readonly confidence: Confidence;
  readonly source: string;
  /** Requests of this kind that were seen accepted. A rule that has some is never an error. */
  readonly counterEvidence?: string;
}

/**
 * Reports one violation: where, in the body as it was passed; what to fill into the rule's text; and another text
 * where the API has a second one for the same rule.
 */
export type Report = (path: string, values?: TextValues, text?: string) => void;
export type TextValues = Readonly<Record<string, string | number>>;

export interface Rule extends RuleStatement {
  readonly check: (request: RequestView, report: Report) => void;
}

/** `error` for what is recorded or official and has no counter-evidence; else `warning`. */
export function severityOf(rule: RuleStatement): "error" | "warning" {
  const known = rule.confidence === "recorded" || rule.confidence === "official";
  return known && rule.counterEvidence === undefined ? "error" : "warning";
}

/** The text with its `{name}` places filled in; a name without a value stays as it is. */
export function fillText(text: string, values: TextValues): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : place));
}
