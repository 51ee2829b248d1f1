import fc from "fast-check";
import type { Conversation } from "../src/conversation.ts";
import type { ContentBlock } from "../src/messages/content-block.ts";
import type { RequestBody } from "../src/request/request-body.ts";
import { isAntiphonError } from "../src/errors.ts";
import { begin, type Begun } from "./begin.ts";
import { BINDING_MODEL, call, OLD_MODEL, says, sequence, serverCall, serverResult, thought, UNKNOWN_MODEL } from "./builders.ts";
import { replied, stream } from "./scripted-client.ts";
import { messageDelta, start } from "./stream-events.ts";

/** Random histories through the whole engine: what was thought is known with the request that it was thought behind. */
export interface History extends Begun {
  readonly model: string;
  conversation: Conversation;
  /** By text of a thought, what stood before it when it was made: every block of its request and of its reply, as JSON. */
  readonly thoughtBehind: Map<string, readonly string[]>;
}

export type HistoryStep = (typeof STEPS)[number];

const STEPS = [
  "talk",
  "talk",
  "think",
  "think",
  "tools",
  "tools",
  "parallel",
  "server",
  "instruct",
  "example",
  "refused",
  "cut",
  "silent",
  "fork",
  "two-humans",
] as const;

export const histories = fc.record({
  model: fc.constantFrom(BINDING_MODEL, BINDING_MODEL, OLD_MODEL, UNKNOWN_MODEL),
  steps: fc.array(fc.record({ step: fc.constantFrom(...STEPS), at: fc.nat({ max: 1000 }) }), { minLength: 1, maxLength: 10 }),
});

const TOOLS = [{ name: "look_up", input_schema: { type: "object" as const }, run: ({ of }: { of: string }) => `found ${of}` }];

/** An empty history; `play` adds to it. */
export async function startHistory(model: string): Promise<History> {
  const replies: ContentBlock[][] = [];
  const thoughtBehind: History["thoughtBehind"] = new Map();
  const answer = (body: RequestBody) => {
    const content = replies.shift() ?? [says("Nothing more.")];
    remember(body, content, thoughtBehind);
    const last = content.at(-1)!;
    const stop = last.type === "tool_use" ? "tool_use" : (STOPS.get(String(last.text)) ?? "end_turn");
    const usage = { input_tokens: 10, cache_read_input_tokens: 90, cache_creation_input_tokens: sequence(body.messages).length };
    return stream([
      start(),
      ...replied(content).slice(1, -2),
      messageDelta(stop, { usage: { ...usage, output_tokens: 5 } }),
      { type: "message_stop" },
    ]);
  };
  const begun = await begin(
    Array.from({ length: 400 }, () => answer),
    { model, system: "Be brief." },
    { tools: TOOLS },
  );
  return Object.assign(begun, { model, thoughtBehind, say: undefined, replies }) as History & { replies: ContentBlock[][] };
}

const STOPS: ReadonlyMap<string, string> = new Map([
  ["I will not.", "refusal"],
  ["And so", "max_tokens"],
]);

function remember(body: RequestBody, content: readonly ContentBlock[], thoughtBehind: History["thoughtBehind"]): void {
  const before = [JSON.stringify([body.system, body.tools]), ...sequence(body.messages)];
  for (const block of content) {
    if (block.type === "thinking") thoughtBehind.set(String(block.thinking), [...before]);
    before.push(...sequence([{ role: "assistant", content: [block] }]));
  }
}

/** Plays one step. `n` makes its texts its own. */
export async function play(history: History, { step, at }: { step: HistoryStep; at: number }, n: number): Promise<void> {
  const { replies } = history as History & { replies: ContentBlock[][] };
  const said = says(`answer ${n}`);
  const say = async (text = `question ${n}`, ...contents: ContentBlock[][]) => {
    replies.push(...contents);
    await history.conversation.send(text).result;
    replies.splice(0);
  };
  switch (step) {
    case "talk":
      return say(undefined, [said]);
    case "think":
      return say(undefined, [thought(`${n}`), said]);
    case "tools":
      return say(
        undefined,
        [thought(`${n}a`), call(`call-${n}`)],
        [thought(`${n}b`), says("one more"), call(`again-${n}`)],
        [thought(`${n}c`), said],
      );
    case "parallel":
      return say(undefined, [thought(`${n}a`), ...[1, 2, 3].map((each) => call(`call-${n}-${each}`))], [said]);
    case "server":
      return say(undefined, [thought(`${n}`), serverCall(`server-${n}`), serverResult(`server-${n}`), said]);
    case "refused":
      return say(undefined, [says("I will not.")]);
    case "cut":
      return say(undefined, [thought(`${n}`), says("And so")]);
    case "silent":
      return say(undefined, [thought(`${n}`)]);
    case "two-humans":
      await history.conversation.append({ role: "user", content: `by the way ${n}` }, { origin: "human" });
      return say(undefined, [thought(`${n}`), said]);
    case "instruct":
      if (history.model === BINDING_MODEL) await history.conversation.append({ role: "system", content: `Instruction ${n}.` });
      return;
    case "example":
      await history.conversation.append({ role: "user", content: `example question ${n}` });
      await history.conversation.append({ role: "assistant", content: `example answer ${n}` });
      return;
    case "fork": {
      const entries = history.conversation.entries.slice(1);
      if (entries.length > 0) history.conversation = await history.conversation.fork(entries[at % entries.length]!.id);
    }
  }
}

/** Plays what can be played: an error of ours says that a step is not possible where it stands. */
export async function playHistory(model: string, steps: readonly { step: HistoryStep; at: number }[]): Promise<History> {
  const history = await startHistory(model);
  for (const [n, step] of steps.entries()) {
    await play(history, step, n).catch((error: unknown) => {
      if (!isAntiphonError(error)) throw error;
    });
  }
  return history;
}
