import type { RunnableTool } from "@antiphon/core";
import type { World } from "./world.ts";

/** The tools that run in a program's processes: one that works, and one that throws. Each run is noted. */
export function toolsOf(world: World): readonly RunnableTool[] {
  return [tool(world, "note"), tool(world, "fail")];
}

function tool(world: World, name: "note" | "fail"): RunnableTool {
  return {
    name,
    input_schema: { type: "object" },
    run: async (_input, { toolUse: call }: { toolUse: { id: string } }) => {
      const run = { id: call.id, turn: world.current.getStore()!, announced: world.store.hasStarted(call.id), finished: false };
      world.trace.runs.push(run);
      await new Promise((resolve) => setImmediate(resolve));
      run.finished = true;
      if (name === "fail") throw new Error(`${call.id} failed`);
      return `Noted ${call.id}.`;
    },
  };
}
