import type { ModelFacts } from "../models/model-facts.ts";
import { modelFacts } from "../models/model-facts.ts";
import { RULES } from "./rules/all-rules.ts";
import { isFields, type ViewStart, viewRequest } from "./rules/request-view.ts";
import { fillText, severityOf, type Confidence, type Rule } from "./rules/rule.ts";

/** One thing in a request that the API rejects, or may reject. */
export interface Violation {
  /** The rule's id, kebab-case and stable: `tool-use-without-result`. */
  readonly rule: string;
  /** Where, in the body as it was passed: `messages.3.content.0`; `""` for the body itself. */
  readonly path: string;
  /** The API's text. Its indices are the API's, which merges consecutive messages of one role before it counts. */
  readonly message: string;
  /** `error` for rules that are recorded or official and have no counter-evidence, else `warning`. */
  readonly severity: "error" | "warning";
  /** The HTTP status that the API answers with: 400, or 413 for a body that is too large. */
  readonly status: number;
  readonly confidence: Confidence;
  readonly source: string;
  /** Set where requests of this kind were also seen accepted. */
  readonly contested?: true;
}

export interface ValidateRequestOptions {
  /** What the model takes. By default what is known of `body.model`; `null` for no model rules at all. */
  readonly model?: ModelFacts | null;
  /** `count_tokens` takes the same body without `max_tokens`. */
  readonly endpoint?: "messages" | "count_tokens";
  /**
   * What the body is: the params of an SDK client, which turns `betas`, `user_profile_id` and `workspace_id` into headers, or
   * what goes over the wire, where they are unknown fields. `params` unless told.
   */
  readonly form?: "params" | "wire";
  /** Only rules with a recorded rejection behind them. */
  readonly recordedOnly?: boolean;
  /** Stop after this many violations; 1,000 by default. */
  readonly violationsMax?: number;
}

/**
 * What the Messages API would find wrong with a request body, before it is sent: no violations for one that is fine as
 * far as is known. The body may be any value at all; a wrong shape is a violation, never a throw. Pure, and linear in
 * the size of the body. A model that this package does not know gets no model rules.
 *
 * The rules and their sources are in docs/validation.md.
 */
export function validateRequest(body: unknown, options: ValidateRequestOptions = {}): readonly Violation[] {
  return validateFrom(body, undefined, options);
}

/** The same for the messages from a place on: those before it are not looked at. */
export function validateFrom(body: unknown, start: ViewStart | undefined, options: ValidateRequestOptions): readonly Violation[] {
  const violationsMax = options.violationsMax ?? VIOLATIONS_MAX;
  const violations: Violation[] = [];
  if (!isFields(body)) return [violationOf(BODY_SHAPE, "", BODY_SHAPE.text)];
  const request = viewRequest(body, {
    endpoint: options.endpoint ?? "messages",
    form: options.form ?? "params",
    model: modelOf(body, options.model),
    start,
  });
  for (const rule of RULES) {
    if (options.recordedOnly === true && rule.confidence !== "recorded") continue;
    rule.check(request, (path, values = {}, text = rule.text) => {
      if (violations.length < violationsMax) violations.push(violationOf(rule, path, fillText(text, values)));
    });
    if (violations.length >= violationsMax) break;
  }
  return violations;
}

const VIOLATIONS_MAX = 1000;

const BODY_SHAPE = RULES.find(({ id }) => id === "body-shape") as Rule;

function modelOf(body: Readonly<Record<string, unknown>>, model: ModelFacts | null | undefined): ModelFacts | undefined {
  if (model !== undefined) return model ?? undefined;
  return typeof body["model"] === "string" ? modelFacts(body["model"]) : undefined;
}

function violationOf(rule: Rule, path: string, message: string): Violation {
  const { id, status, confidence, source, counterEvidence } = rule;
  const violation = {
    rule: id,
    path,
    message,
    severity: severityOf(rule),
    status,
    confidence,
    source,
  };
  return counterEvidence === undefined ? violation : { ...violation, contested: true };
}
