import type { ReplyFacts } from "../conversation/entry.ts";
import type { Settings } from "../conversation/settings.ts";

/** Whom a request is made for: the API binds thinking and caches to both. Source: `BetaThinkingDroppedInputTransformation` of SDK 1.12.0. */
export interface MadeFor {
  /** The account, as the caller names it: which organization a key belongs to is not told by the API. */
  readonly account?: string;
  /** The end user that the settings name. */
  readonly endUser?: string;
}

/** `undefined` fields are not known. */
export function madeFor(settings: Settings, account: string | undefined): MadeFor {
  const endUser = endUserOf(settings);
  return { ...(account !== undefined && { account }), ...(endUser !== undefined && { endUser }) };
}

/** Whether a reply was made for them, as far as both are known. */
export function isMadeFor({ madeFor: then }: ReplyFacts, now: MadeFor): boolean {
  return whoChanged(then, now) === undefined;
}

/** Which of the two has changed since a reply was made. Where both have, the API names the account. */
export function whoChanged(then: MadeFor | undefined, now: MadeFor): "account" | "end-user" | undefined {
  if (then?.account !== undefined && now.account !== undefined && then.account !== now.account) return "account";
  return then !== undefined && then.endUser !== now.endUser ? "end-user" : undefined;
}

/** Which of these the API compares is not published. */
function endUserOf({ user_profile_id: profile, metadata }: Settings): string | undefined {
  if (typeof profile === "string") return profile;
  const { user_id: user } = (metadata ?? {}) as { user_id?: unknown };
  return typeof user === "string" ? user : undefined;
}
