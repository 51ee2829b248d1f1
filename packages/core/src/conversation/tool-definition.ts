/** The part of a tool that is stored and sent: everything but its functions, and what its process alone goes by. */
export function toolDefinition(tool: object): Record<string, unknown> {
  const { timeoutMs: _, safeToRepeat: __, ...definition } = tool as Record<string, unknown>;
  return Object.fromEntries(Object.entries(definition).filter(([, value]) => typeof value !== "function" && value !== undefined));
}
