import type { ReceivedRequest } from "./received.ts";
import type { Schedule } from "./timers.ts";

/** How a practice server behaves; as the API does unless told. */
export interface MessagesServerOptions {
  /** On 127.0.0.1. Default 0: any free port. */
  readonly port?: number;
  /** The keys that are let in. Default: any that is not empty. */
  readonly apiKeys?: readonly string[];
  /** Model ids to serve besides the known ones. */
  readonly models?: readonly string[];
  /** `anthropic-beta` values to accept besides those of the SDK's types. */
  readonly betas?: readonly string[];
  /** Ids of core's request rules that are not applied, for what the API was seen to accept all the same. Default: none. */
  readonly rulesOff?: readonly string[];
  /** Milliseconds since 1970, for cache lifetimes and rate limits. Default `Date.now`. */
  readonly clock?: () => number;
  /** How the server waits between pings and paced chunks. Default: real timers; see {@link manualTime}. */
  readonly schedule?: Schedule;
  /** The shortest prefix that is cached, in tokens, in place of each model's own. */
  readonly cacheTokensMin?: number;
  /** How many requests `requests` keeps; the oldest go first. Default 10,000. */
  readonly requestsMax?: number;
  /** Equal seeds make equal ids. Default: a random one, so that ids of two runs never meet in one conversation. */
  readonly seed?: string;
  /** Servers with the same secret accept each other's thinking signatures. There is a fixed default, so a restart does. */
  readonly signatureSecret?: string;
  /** Pause behind each chunk of a reply, in milliseconds. Default 0. */
  readonly paceMs?: number;
  /** Pause between the pings of a silent stream, in milliseconds. Default 10,000. */
  readonly pingMs?: number;
  /** Told once for each exchange, when it is over. */
  readonly onExchange?: (request: ReceivedRequest) => void;
}
