import type { Hearing } from "./hearing.ts";
import { textOf } from "./hearing.ts";
import { blocksOf } from "../wire.ts";

/** One thing that the partner can do: when, and what it says. */
export interface Intent {
  readonly name: string;
  /** The question it is for. The first intent that matches answers. */
  readonly when: (hearing: Hearing) => RegExpMatchArray | boolean | null;
  readonly say: (hearing: Hearing, match: readonly string[]) => string;
}

const WRITE_WORDS = /\bwrite (?:about )?([\d,]+) words\b/i;

const asked = (pattern: RegExp) => (hearing: Hearing) => hearing.question.match(pattern);

/** Everything that the partner can say. Another intent is one more entry. */
export const INTENTS: readonly Intent[] = [
  {
    name: "tool results",
    when: (hearing) => hearing.results.length > 0,
    say: ({ results }) =>
      results
        .map((block) => `The tool ${block.is_error === true ? "failed" : "answered"}: ${textOf(blocksOf(block.content)) || "(no text)"}`)
        .join("\n"),
  },
  {
    name: "long answer",
    when: asked(WRITE_WORDS),
    say: (_, [, count = "0"]) => longText(count),
  },
  {
    name: "first message",
    when: asked(/\bwhat did i (?:say|write|ask|tell you) first\b|\bmy first message\b/i),
    say: ({ first, messages }) =>
      `You said first: "${first}"\n\nI know because it came again with this request, as the first of ${plural(messages, "message")}.`,
  },
  {
    name: "name",
    when: asked(/\b(?:what(?:'s| is) my name|who am i)\b/i),
    say: ({ name, messages }) =>
      name === undefined
        ? `None of the ${plural(messages, "message")} that reached me says your name, and I remember nothing else.`
        : `Your name is ${name}. It is in what was sent to me; I remember nothing myself.`,
  },
  {
    name: "count",
    when: asked(/\bhow many messages\b|\bcount the messages\b/i),
    say: (hearing) => `${plural(hearing.messages, "message")} reached me with this request: ${roles(hearing)}.`,
  },
  {
    name: "what was sent",
    when: asked(/\bwhat (?:was|were|did) (?:you|i) (?:sent|send)\b|\bwhat do you (?:see|know|remember)\b/i),
    say: (hearing) => `This is all I have:\n\n${inventory(hearing)}`,
  },
  {
    name: "introduction",
    when: asked(/\bmy name is ([\p{L}][\p{L}'-]*)/iu),
    say: (_, [, name = ""]) => `Hello ${name}. I keep nothing: I will know your name for as long as this message is sent to me again.`,
  },
  {
    name: "going on",
    when: asked(/^.{0,80}\b(?:go on|continue)\b/i),
    say: (hearing) =>
      restOfLongText(hearing) ??
      `I go on from what was sent: ${plural(hearing.messages, "message")}, the first of which says "${hearing.first}".`,
  },
  {
    name: "anything else",
    when: () => true,
    say: (hearing) =>
      [
        `## ${firstLine(hearing.question)}`,
        "",
        "I am the practice server of Antiphon, not Claude: there is no model here, so I cannot answer that. What I can show is what reached me:",
        "",
        inventory(hearing),
        "",
        "Your last message, as it was sent:",
        "",
        "```json",
        JSON.stringify({ role: hearing.last.role, content: hearing.last.blocks.map(brief) }, null, 2),
        "```",
      ].join("\n"),
  },
];

function inventory(hearing: Hearing): string {
  return [
    `- ${plural(hearing.messages, "message")}: ${roles(hearing)}`,
    `- system prompt: ${hearing.hasSystem ? "yes" : "no"}`,
    `- tools: ${hearing.tools.length === 0 ? "none" : hearing.tools.join(", ")}`,
    `- input tokens, roughly: ${hearing.tokens}, of which ${hearing.tokensRead} were read from the cache`,
  ].join("\n");
}

function roles({ turns }: Hearing): string {
  const parts = [`${turns.user} from the user`, `${turns.assistant} from the assistant`];
  return [...parts, ...(turns.system > 0 ? [`${turns.system} from the system`] : [])].join(", ");
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0]!.trim();
  return line.length <= 80 ? line || "No words" : `${line.slice(0, 79)}…`;
}

/** A block without its mark and with long values shortened. */
function brief(block: Readonly<Record<string, unknown>>): unknown {
  const { cache_control: _, ...fields } = block;
  return JSON.parse(
    JSON.stringify(fields, (__, value: unknown) => (typeof value === "string" && value.length > 200 ? `${value.slice(0, 200)}…` : value)),
  );
}

const SENTENCES = [
  "This sentence is here to be long.",
  "A practice server has no opinion, so it repeats itself.",
  "Every word of it was counted before it was sent.",
  "If it stops early, the limit of output tokens was reached.",
];
const WORDS_MAX = 20_000;

function longText(count: string): string {
  const wanted = Math.min(Number(count.replaceAll(",", "")), WORDS_MAX);
  const said: string[] = [];
  for (let at = 0; said.length < wanted; at += 1) said.push(...SENTENCES[at % SENTENCES.length]!.split(" "));
  return said.slice(0, wanted).join(" ");
}

/** What is missing of a long answer that was cut off, as far as what was sent shows where. */
function restOfLongText({ said }: Hearing): string | undefined {
  const at = said.findLastIndex(({ role, text }) => role === "user" && WRITE_WORDS.test(text));
  if (at === -1) return undefined;
  const whole = longText(WRITE_WORDS.exec(said[at]!.text)![1]!);
  const before = said
    .slice(at)
    .filter(({ role }) => role === "assistant")
    .map(({ text }) => text)
    .join("");
  return whole.startsWith(before) && before.length < whole.length ? whole.slice(before.length) : undefined;
}
