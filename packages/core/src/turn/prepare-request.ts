import { AntiphonError } from "../errors.ts";
import { type Projection, project } from "../request/project.ts";
import { requireUnbroken } from "../request/require-sendable.ts";
import { storeRepairs } from "./repair-entries.ts";
import type { TurnContext } from "./turn-context.ts";

/** The projection, with what repair had to make up stored first, so that it stays. Errors: `invalid_request`, `unsupported_by_model`. */
export async function prepareRequest(turn: TurnContext): Promise<Projection> {
  const { writer, models, tally } = turn;
  let projection = project(writer.path, turn);
  if (projection.repairs.length > 0 || projection.superseded.length > 0) {
    await storeRepairs(turn, projection);
    projection = project(writer.path, turn);
  }
  if (projection.body.messages.length === 0) {
    throw new AntiphonError(
      "invalid_input",
      "There is nothing to send: on this path nobody has said anything that can be sent. Send a message.",
    );
  }
  requireUnbroken(projection.body, projection.explain.violations, models);
  return tally.maxTokens === undefined ? projection : { ...projection, body: { ...projection.body, max_tokens: tally.maxTokens } };
}
