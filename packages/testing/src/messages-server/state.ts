import { randomUUID } from "node:crypto";
import { PromptCache } from "./cache.ts";
import { Diagnostics } from "./diagnostics.ts";
import { idSource, type NewId } from "./ids.ts";
import { Models } from "./models.ts";
import type { MessagesServerOptions } from "./options.ts";
import { RateLimits } from "./rate-limits.ts";
import { Script } from "./script.ts";
import { Signer } from "./signatures.ts";

/** What the routes work with. */
export interface ServerState {
  readonly script: Script;
  readonly models: Models;
  readonly cache: PromptCache;
  readonly signer: Signer;
  readonly diagnostics: Diagnostics;
  readonly rulesOff: readonly string[];
  readonly newId: NewId;
  readonly rateLimits: RateLimits;
}

export function serverState(options: MessagesServerOptions): ServerState {
  const clock = options.clock ?? Date.now;
  return {
    script: new Script(),
    models: new Models(options),
    cache: new PromptCache(clock),
    signer: new Signer(options.signatureSecret ?? "practice"),
    diagnostics: new Diagnostics(),
    rulesOff: options.rulesOff ?? [],
    newId: idSource(options.seed ?? randomUUID()),
    rateLimits: new RateLimits(clock),
  };
}
