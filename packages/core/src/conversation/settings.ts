import type Anthropic from "@anthropic-ai/sdk";

type RequestParams = Omit<Anthropic.Beta.MessageCreateParamsNonStreaming, "messages" | "stream">;

/**
 * The stored settings of a conversation: the SDK's own request params without `messages` and `stream`, wire names kept.
 * Fields that a newer API knows and these types do not are stored and sent as they are.
 */
export interface Settings extends Omit<RequestParams, "model"> {
  readonly model: string;
  readonly [field: string]: unknown;
}

/** The fields that a sent prefix is made of: changing one is a boundary. */
export const PREFIX_FIELDS = ["model", "system", "tools"] as const satisfies readonly (keyof Settings)[];

/** Whether going from `before` to `after` leaves the sent prefix as it is. Compares in wire form. */
export function keepsPrefix(before: Settings, after: Settings): boolean {
  return PREFIX_FIELDS.every((field) => JSON.stringify(before[field]) === JSON.stringify(after[field]));
}
