import type { Settings, SettingsChange } from "@antiphon/core";
import fc from "fast-check";
import { anyPick, operation } from "./operation.ts";

/**
 * One that binds thinking and takes no prefill, one that does the reverse, one that does neither, and one that takes
 * instructions among the messages.
 */
export const MODELS = ["claude-sonnet-5-5", "claude-opus-4-5", "claude-sonnet-4-6", "claude-opus-5"] as const;

export const update = operation({
  weight: 3,
  arbitrary: fc.record({
    what: fc.constantFrom("system", "tools", "max_tokens", "model", "effort"),
    pick: anyPick,
    accept: fc.boolean(),
    swap: fc.boolean(),
  }),
  async run(world, { what, pick, accept, swap }) {
    const { conversation } = world;
    await conversation.update(changeOf(what, pick, conversation.settings), { accept, swap });
  },
});

function changeOf(what: string, pick: number, settings: Settings): SettingsChange {
  switch (what) {
    case "system":
      return { system: pick % 7 === 0 ? undefined : `Be brief, ${pick % 3}.` };
    case "tools":
      return { tools: [...(settings.tools ?? []), { name: `tool_${pick}_${settings.tools?.length}`, input_schema: { type: "object" } }] };
    case "model":
      return { model: MODELS[pick % MODELS.length]! };
    case "effort":
      return { tool_choice: pick % 2 === 0 ? { type: "auto" } : undefined };
    default:
      return { max_tokens: 256 + pick };
  }
}
