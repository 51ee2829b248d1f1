import { AntiphonError } from "../errors.ts";
import type { ContentBlock } from "../messages/content-block.ts";
import type { Origin } from "./entry.ts";
import { quoted } from "../quoted.ts";

/** Who may have made an appended message: what the model said is recorded instead. */
export type AppendedOrigin = Exclude<Origin, "model">;

const APPENDED_ORIGINS: readonly AppendedOrigin[] = ["human", "tool", "synthetic", "imported"];

/** A caller's word on who made a message. Errors: `invalid_input` for nobody who can have. */
export function ownOrigin(origin: AppendedOrigin): AppendedOrigin {
  if (APPENDED_ORIGINS.includes(origin)) return origin;
  throw new AntiphonError(
    "invalid_input",
    `The origin ${quoted(origin)} cannot be given to a message that is appended. Use one of ${APPENDED_ORIGINS.join(", ")}; a reply of the model is stored with \`record\`.`,
  );
}

/** Tool results come from tools, whoever ran them; everything else that is appended was made up. */
export function originOf(content: readonly ContentBlock[]): AppendedOrigin {
  return content.every((block) => block.type === "tool_result") ? "tool" : "synthetic";
}
