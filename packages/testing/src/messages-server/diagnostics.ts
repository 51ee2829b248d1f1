import { canonical } from "./canonical.ts";
import { sum } from "./tokens.ts";
import type { Prompt, Segment } from "./prompt.ts";
import { isRecord, type MessagesBody } from "./wire.ts";

/** How many requests are remembered, the latest. */
const REQUESTS_MAX = 10_000;

/** What a request looked like. */
interface Fingerprint {
  readonly model: string;
  readonly parts: Readonly<Record<Segment["section"], readonly Part[]>>;
  /** What else a cached prefix hangs on. */
  readonly parameters: string;
}

interface Part {
  readonly text: string;
  readonly tokens: number;
}

/**
 * Cache diagnostics: remembers what requests looked like that carry a `diagnostics` object, and says of the next one where it
 * differs from the one that it names. Whether a cache was read has no part in it.
 * Our guess: of several differences the first in the order of the prefix is told, and the tokens are those of the former request behind it.
 */
export class Diagnostics {
  readonly #fingerprints = new Map<string, Fingerprint>();

  /** The `diagnostics` of the reply with this id: null where the request did not ask, or where nothing differs. */
  of(id: string, body: MessagesBody, prompt: Prompt): object | null {
    const asked = body["diagnostics"];
    if (!isRecord(asked)) return null;
    const now = fingerprint(body, prompt);
    const previous = typeof asked["previous_message_id"] === "string" ? asked["previous_message_id"] : undefined;
    const before = previous === undefined ? undefined : this.#fingerprints.get(previous);
    this.#fingerprints.set(id, now);
    if (this.#fingerprints.size > REQUESTS_MAX) this.#fingerprints.delete(this.#fingerprints.keys().next().value!);
    if (previous === undefined) return null;
    const reason = before === undefined ? { type: "previous_message_not_found" } : difference(before, now);
    return reason === undefined ? null : { cache_miss_reason: reason };
  }
}

function fingerprint(body: MessagesBody, { segments }: Prompt): Fingerprint {
  const partsOf = (section: Segment["section"]): readonly Part[] =>
    segments.filter((each) => each.section === section).map((each) => ({ text: `${each.role} ${each.canonical}`, tokens: each.tokens }));
  return {
    model: canonical([body.model, body["speed"] ?? null]),
    parts: { tools: partsOf("tools"), system: partsOf("system"), messages: partsOf("messages") },
    parameters: canonical([body["thinking"] ?? null, body["tool_choice"] ?? null, body["output_config"] ?? null]),
  };
}

const SECTIONS = ["tools", "system", "messages"] as const;

function difference(before: Fingerprint, now: Fingerprint): object | undefined {
  const behind = (section: number, common: number): number =>
    sum(SECTIONS.slice(section).flatMap((name, at) => before.parts[name].slice(at === 0 ? common : 0).map(({ tokens }) => tokens)));
  if (before.model !== now.model) return { type: "model_changed", cache_missed_input_tokens: behind(0, 0) };
  for (const [at, section] of SECTIONS.entries()) {
    const [old, next] = [before.parts[section], now.parts[section]];
    const first = old.findIndex(({ text }, index) => text !== next[index]?.text);
    const common = first === -1 ? old.length : first;
    if (first !== -1 || (section !== "messages" && old.length !== next.length))
      return { type: `${section}_changed`, cache_missed_input_tokens: behind(at, common) };
  }
  return before.parameters === now.parameters ? undefined : { type: "unavailable" };
}
