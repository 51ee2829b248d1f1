import type { Failure } from "@antiphon/core";
import { unknownModelLine } from "../client/near-models.ts";
import { COMMAND } from "../command-name.ts";
import { kept, type OutcomeFacts, sentence } from "./outcome-facts.ts";

/** No sentence of an error is longer; what is, is a page. */
const SENTENCE_MAX = 300;

/** One line on a turn that failed: what the API, the network or the store said, and what helps. */
export function failureLine(failure: Failure, facts: OutcomeFacts): string {
  const { status, code } = failure;
  if (code === "connection_failed") return connectionLine(failure.message, facts);
  if (code === "not_the_api") return notTheApiLine("", facts);
  const own = ownErrorLine(code, facts);
  if (own !== undefined) return own;
  // An error of ours says what to do by itself, and whether anything was stored.
  if (status === undefined) return sentence(failure.message);
  // What names no error type of the API's was not said by the API: a proxy, a login page, a path that is wrong.
  const isApi = !/^http_\d/.test(code);
  if (!isApi && status < 500 && ![401, 403, 413, 429].includes(status)) return notTheApiLine(` (status ${status})`, facts);
  return apiLine(failure, said(failure.message), facts);
}

/** Nobody else than who has the address can mend it. */
export function notTheApiLine(what: string, facts: OutcomeFacts): string {
  return `What answers at ${facts.baseUrl} does not speak the Messages API${what}. Check ANTHROPIC_BASE_URL. ${kept(facts)}`;
}

/** Errors of core's whose own words name what only a program can do; `undefined` for all others. */
export function ownErrorLine(
  code: string,
  facts: Pick<OutcomeFacts, "conversation" | "inChat" | "accepted" | "partStored">,
): string | undefined {
  const { conversation, inChat, accepted } = facts;
  switch (code) {
    case "busy":
      return `A turn is running in conversation ${conversation}. Nothing was stored. Wait for it to end, then ${inChat ? "press Enter again" : "ask again"}.`;
    case "tip_moved": {
      const met = `Another process went on with conversation ${conversation} meanwhile`;
      if (accepted) return `${met}, so what came here is kept apart from it. See what was said there: ${COMMAND} show ${conversation}`;
      return inChat
        ? `${met}, so your message was not sent. What was said there follows; Enter sends your message behind it.`
        : `${met}, so your message was not stored. See what was said there, then ask again: ${COMMAND} show ${conversation}`;
    }
    case "lease_lost":
      return `Another process took over conversation ${conversation}, since this one stood still for too long. ${accepted ? kept(facts) : "Nothing was stored. Ask again."}`;
    default:
      return undefined;
  }
}

function apiLine({ status, code }: Failure, words: string, facts: OutcomeFacts): string {
  switch (status) {
    case 401:
      return `The API does not take the key${words} Check ANTHROPIC_API_KEY. ${kept(facts)}`;
    case 403:
      return `The key may not do this${words} Check the permissions of ANTHROPIC_API_KEY. ${kept(facts)}`;
    case 404:
      return words.includes(facts.model)
        ? `${unknownModelLine(facts.model)} ${kept(facts)}`
        : `The API knows no such thing${words} Check ANTHROPIC_BASE_URL and --model. ${kept(facts)}`;
    case 413:
      return `The request is too large${words} Start a new conversation, or send less.`;
    case 429:
      return `Too many requests${words} Wait a little and try again. ${kept(facts)}`;
    default:
  }
  if (status! >= 500) return `The API failed (${status})${words} Try again later. ${kept(facts)}`;
  return `The API refused the request (${status} ${code})${words} ${kept(facts)}`;
}

/** What a failed answer says, behind a colon; nothing of a page of HTML. */
function said(message: string): string {
  return message.length > SENTENCE_MAX || /<[a-z!/]/i.test(message) ? "." : `: ${sentence(message)}`;
}

/** What Node and OpenSSL say of a certificate, or of an address that speaks no TLS. */
const TLS = /certificate|\bSSL\b|\bTLS\b|EPROTO|altname|CERT_/i;

function connectionLine(message: string, facts: OutcomeFacts): string {
  if (message.includes("redirect count exceeded")) return notTheApiLine(": it leads in a circle", facts);
  if (TLS.test(message))
    return `No secure connection to ${facts.baseUrl}: ${tlsReason(message)}. Check ANTHROPIC_BASE_URL; a certificate authority of your own goes into NODE_EXTRA_CA_CERTS. ${kept(facts)}`;
  const words = sentence(message).replaceAll(".:", ":");
  return `Nobody answers at ${facts.baseUrl}: ${words} Check the network and ANTHROPIC_BASE_URL. ${kept(facts)}`;
}

/** The last thing that was said, without OpenSSL's file names and numbers, and without what Node would have done to Node. */
function tlsReason(message: string): string {
  if (/wrong version number|packet length too long|http request/i.test(message))
    return "what answers there does not speak TLS (http, not https?)";
  if (/altname|does not match/i.test(message)) return "its certificate is for another name";
  const reason = /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message.split(": ").at(-1)!.split(";", 1)[0]!;
  return reason.trim().replace(/[.;]+$/, "");
}
