import { MODEL_TABLE, type ModelSource } from "../models/model-catalog.ts";
import type { RequestBody } from "../request/request-body.ts";
import type { Capabilities } from "./plan.ts";

/** What the model and the settings of a request allow after its reply. Of an unknown model nothing is known, so nothing is promised. */
export function capabilities(body: RequestBody, models: ModelSource = MODEL_TABLE): Capabilities {
  const model = models.facts(body.model);
  const config = body.output_config as { format?: unknown } | null | undefined;
  const thinking = body.thinking as { type?: unknown } | null | undefined;
  return {
    // A model that is told to think begins with that.
    prefill: model?.prefill === true && thinking?.type !== "enabled",
    ...(model?.outputTokensMax !== undefined && { maxTokensCap: model.outputTokensMax }),
    maxTokens: body.max_tokens,
    structured: config?.format !== undefined && config.format !== null,
  };
}
