import { MODEL_TABLE, type ModelSource } from "../models/model-catalog.ts";
import type { RequestBody } from "../request/request-body.ts";
import type { Capabilities } from "./plan.ts";

/** What the model and the settings of a request allow after its reply. Of an unknown model nothing is known, so nothing is promised. */
export function capabilities(body: RequestBody, models: ModelSource = MODEL_TABLE): Capabilities {
  const model = models.facts(body.model);
  const config = body.output_config as { format?: unknown } | null | undefined;
  return {
    prefill: model?.prefill ?? false,
    ...(model?.outputTokensMax !== undefined && { maxTokensCap: model.outputTokensMax }),
    maxTokens: body.max_tokens,
    structured: config?.format !== undefined && config.format !== null,
  };
}
