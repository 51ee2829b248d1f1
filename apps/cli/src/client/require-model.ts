import { modelFacts } from "@antiphon/core";
import type Anthropic from "@anthropic-ai/sdk";
import { Failure } from "../failure.ts";
import { unknownModelLine } from "./near-models.ts";

const TIMEOUT_MS = 10_000;

/**
 * Asks the API for a model that this version does not know, before a conversation is set to it: a slip of the fingers
 * should not stay in the settings. Only an answer that names the model counts; a server without this endpoint, or no
 * answer at all, is for the turn itself to meet. Errors: a failure that names known models nearby.
 */
export async function requireModel(client: Anthropic, model: string): Promise<void> {
  if (modelFacts(model) !== undefined) return;
  try {
    await client.models.retrieve(model, {}, { maxRetries: 0, timeout: TIMEOUT_MS });
  } catch (error) {
    const { status, type, message } = error as { status?: unknown; type?: unknown; message?: unknown };
    if (status === 404 && type === "not_found_error" && String(message).includes(model)) {
      throw new Failure(unknownModelLine(model), { code: "unknown_model", cause: error });
    }
  }
}
