import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { World } from "../world.ts";

const VARIABLES = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"] as const;

/** What is shorter is no key, and would be found in any text. */
const LENGTH_MIN = 8;

/**
 * Refuses a key or a token with a character that no HTTP header carries: whoever meets it later quotes it. The SDK takes
 * white space from both ends, so that counts for nothing here. Errors: a failure with the exit code for keys.
 */
export function requireSendableSecrets({ env }: Pick<World, "env">): void {
  for (const name of VARIABLES) {
    const secret = env[name]?.trim() ?? "";
    if (/^[\u0020-\u007e]*$/.test(secret)) continue;
    throw new Failure(
      `${name} has a character that no key has: a line break, a tab, or one that is not ASCII. Copy it again, without what is around it.`,
      { exitCode: EXIT.key, code: "bad_key" },
    );
  }
}

/** The same text without the key and the token, wherever it came from: a server may quote what it was sent. */
export function withoutSecrets({ env }: Pick<World, "env">, text: string): string {
  const secrets = VARIABLES.map((name) => env[name]?.trim() ?? "").filter(({ length }) => length >= LENGTH_MIN);
  return secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);
}
