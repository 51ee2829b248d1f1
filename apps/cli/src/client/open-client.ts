import type Anthropic from "@anthropic-ai/sdk";
import { EXIT } from "../exit-codes.ts";
import { Failure, usageFailure } from "../failure.ts";
import type { World } from "../world.ts";
import { requireSendableSecrets } from "./secrets.ts";

/**
 * The SDK's client, which finds key and endpoint by itself: `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN`, then its profiles;
 * `ANTHROPIC_BASE_URL`. Loaded here and only here, since it takes longer than everything else together. Whether there is a way to
 * sign a request is asked before anything is stored. Errors: a failure with the exit code for keys; a usage failure for a URL that is none.
 */
export async function openClient(world: World): Promise<Anthropic> {
  requireSendableSecrets(world);
  const named = world.env["ANTHROPIC_BASE_URL"]?.trim() ?? "";
  if (named !== "") requireUrl(named);
  const { default: Client } = await import("@anthropic-ai/sdk");
  const client = new Client({ logger: stderrLogger });
  await requireCredentials(client);
  requireUrl(client.baseURL);
  return client;
}

/** The SDK logs to the console, whose `info` and `debug` are stdout; stdout is the answer's. */
const stderrLogger = { error: console.error, warn: console.error, info: console.error, debug: console.error };

async function requireCredentials(client: Anthropic): Promise<void> {
  try {
    await client.buildRequest({ method: "get", path: "/v1/models" });
  } catch (error) {
    if (error instanceof TypeError && /url/i.test(error.message)) return;
    throw new Failure(credentialsLine(error), { exitCode: EXIT.key, code: "no_key", cause: error });
  }
}

function credentialsLine(error: unknown): string {
  // What cannot be a header is quoted by whoever refuses it, and it may be a secret.
  if (error instanceof TypeError)
    return "The credentials cannot be used: a character in them can be in no header. Look at ANTHROPIC_CUSTOM_HEADERS and the profile.";
  const message = error instanceof Error ? error.message : String(error);
  return message.startsWith("Could not resolve authentication method")
    ? "No key for the API. Set ANTHROPIC_API_KEY to one from https://platform.claude.com/settings/keys, or ANTHROPIC_AUTH_TOKEN, or log in to a profile of the SDK."
    : `The credentials cannot be used: ${message} Set ANTHROPIC_API_KEY, or mend the profile.`;
}

/** An address with a name or a password in it is not told: `fetch` takes none, and its error would quote it. */
function requireUrl(baseUrl: string): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
  if (isHttp ? url.username !== "" || url.password !== "" : baseUrl.includes("@")) {
    throw usageFailure(
      "ANTHROPIC_BASE_URL has a user name or a password in it, which no request can carry. Take them out; a token goes into ANTHROPIC_AUTH_TOKEN.",
    );
  }
  if (!isHttp) {
    throw usageFailure(
      `ANTHROPIC_BASE_URL is ${JSON.stringify(baseUrl)}, which is no http address. Set it to one like https://api.anthropic.com, or unset it.`,
    );
  }
}
