import * as z from "zod/mini";
import type { Settings } from "../conversation/settings.ts";
import { asItCame } from "./as-it-came.ts";
import { shapeOf } from "./shape-of.ts";

/**
 * Each field in its JSON type and no further: what the API takes inside is `validateRequest`'s to say, and grows. A parameter that an
 * update of the SDK adds is a compile error here, until it has its line.
 */
export const settingsShape = shapeOf<Settings>()(
  z.looseObject({
    model: z.string().check(z.minLength(1)),
    max_tokens: z.number(),
    betas: field<"betas">("list"),
    billing_policy: field<"billing_policy">("object"),
    cache_control: field<"cache_control">("object"),
    compaction: field<"compaction">("object"),
    container: field<"container">("object", "text"),
    context_management: field<"context_management">("object"),
    diagnostics: field<"diagnostics">("object"),
    fallback_credit_token: field<"fallback_credit_token">("object", "text"),
    fallbacks: field<"fallbacks">("list", "text"),
    inference_geo: field<"inference_geo">("text"),
    mcp_servers: field<"mcp_servers">("list"),
    metadata: field<"metadata">("object"),
    output_config: field<"output_config">("object"),
    output_format: field<"output_format">("object"),
    service_tier: field<"service_tier">("text"),
    speed: field<"speed">("text"),
    stop_sequences: field<"stop_sequences">("list"),
    system: field<"system">("text", "list"),
    temperature: field<"temperature">("number"),
    thinking: field<"thinking">("object"),
    thread: field<"thread">("object"),
    tool_choice: field<"tool_choice">("object"),
    tools: field<"tools">("list"),
    top_k: field<"top_k">("number"),
    top_p: field<"top_p">("number"),
    user_profile_id: field<"user_profile_id">("text"),
    workspace_id: field<"workspace_id">("text"),
  }),
);

/** The stored settings of a conversation; fields of a newer API are kept. */
export const settingsSchema = asItCame<Settings>(settingsShape);

type JsonType = "text" | "number" | "list" | "object";

function field<K extends string & keyof Settings>(...types: readonly JsonType[]) {
  const expected = types.map((type) => (type === "object" ? "an object" : `a ${type}`)).join(" or ");
  const checked = z.unknown().check(({ value, issues }) => {
    if (value !== null && !types.some((type) => type === jsonType(value)))
      issues.push({ code: "custom", params: { expected }, input: value });
  });
  return z.optional(checked as z.ZodMiniType as z.ZodMiniType<NonNullable<Settings[K]>>);
}

function jsonType(value: unknown): JsonType | undefined {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "object" : undefined;
}
