import type { Entry } from "../conversation/entry.ts";
import { MODEL_TABLE } from "../models/model-catalog.ts";
import type { ModelFacts } from "../models/model-facts.ts";
import { settingsInForce } from "./boundaries.ts";
import { CheckedStart } from "./checked-start.ts";
import type { ProjectOptions } from "./project.ts";
import type { RequestBody } from "./request-body.ts";
import { isStartOf, NOTHING_SETTLED, settle, type Settled } from "./settled.ts";
import { type Violation, validateRequest } from "./validate-request.ts";

/**
 * What the projections of one conversation have come to so far: the settled start of the path that was projected last, and
 * what validation found in it. Belongs to one handle; a path that is none of its own is projected whole.
 */
export class ProjectionMemory {
  #settled: Settled = NOTHING_SETTLED;
  #checked = new CheckedStart();

  /** The settled start of a path, with what has become settled since the last time. */
  startOf(path: readonly Entry[], { hashKey, account, models = MODEL_TABLE }: ProjectOptions): Settled {
    if (!isStartOf(this.#settled, path)) this.#forget();
    const settings = settingsInForce(path.slice(this.#settled.length)) ?? this.#settled.settings;
    const model = settings && models.facts(settings.model);
    if (!isSame(this.#settled.model, model)) this.#forget();
    const further = settle(this.#settled, path, { hashKey, account, model, models });
    if (further === undefined) this.#forget();
    this.#settled = further ?? settle(NOTHING_SETTLED, path, { hashKey, account, model, models }) ?? NOTHING_SETTLED;
    return this.#settled;
  }

  /** The violations of a request that begins with this settled start. */
  violationsOf(body: RequestBody, settled: Settled, model: ModelFacts | undefined): readonly Violation[] {
    if (settled !== this.#settled || settled === NOTHING_SETTLED) return validateRequest(body, { model: model ?? null });
    return this.#checked.violationsOf(body, settled, model);
  }

  #forget(): void {
    this.#settled = NOTHING_SETTLED;
    this.#checked = new CheckedStart();
  }
}

/** A catalog may say the same with another object, and something else when the Models API has answered. */
function isSame(one: ModelFacts | undefined, other: ModelFacts | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
