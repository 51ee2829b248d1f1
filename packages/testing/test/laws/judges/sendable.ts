import { requestsOf } from "../trace.ts";
import type { Judge } from "./judge.ts";

/**
 * Law 1. The server refuses no request, thinking of another prefix included, and core refuses nothing that a person says: from
 * wherever things stand, the conversation goes on.
 */
export const sendable: Judge = (trace) => [
  ...trace.thrown,
  ...requestsOf(trace).flatMap(({ status, spec, turn }) =>
    status === 400 && spec === undefined ? [`${turn.step}: refused: ${messageOf(turn.outcome)}`] : [],
  ),
  ...trace.turns.flatMap(({ step, says, outcome }) => {
    if (step === "probe" && outcome?.type !== "completed") return [`a person could not go on: ${JSON.stringify(outcome)}`];
    const refused = outcome?.type === "failed" && ["invalid_request", "unsupported_by_model"].includes(outcome.failure.code);
    return says && refused ? [`${step} was not sent: ${messageOf(outcome)}`] : [];
  }),
];

function messageOf(outcome: unknown): string {
  return (outcome as { failure?: { message: string } } | undefined)?.failure?.message ?? JSON.stringify(outcome);
}
