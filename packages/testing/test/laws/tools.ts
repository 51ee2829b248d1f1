import type { ApprovalHook, RunnableTool } from "@antiphon/core";
import type { World } from "./world.ts";

const NAMES = ["note", "fail", "safe", "asked", "denied"] as const;

/**
 * The tools that run in a program's processes: one that works, one that throws, one that may be repeated, one that waits for a word, and
 * one that is never allowed. Each run is noted.
 */
export function toolsOf(world: World): readonly RunnableTool[] {
  return NAMES.map((name) => tool(world, name));
}

export const policy: ApprovalHook = ({ name }) => (name === "asked" ? "ask" : name === "denied" ? "deny" : "allow");

function tool(world: World, name: (typeof NAMES)[number]): RunnableTool {
  return {
    name,
    input_schema: { type: "object" },
    ...(name === "safe" && { safeToRepeat: true }),
    run: async (_input, { toolUse: call }: { toolUse: { id: string } }) => {
      const turn = world.current.getStore()!;
      const run = { id: call.id, name, turn, announced: world.store.hasStarted(call.id), finished: false };
      world.trace.runs.push(run);
      await new Promise((resolve) => setImmediate(resolve));
      run.finished = true;
      if (name === "fail") throw new Error(`${call.id} failed`);
      return `Noted ${call.id}.`;
    },
  };
}
