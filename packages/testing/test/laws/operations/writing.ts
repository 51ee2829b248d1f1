import { type ContentBlock, type Entry, isAntiphonError, type ReceivedMessage, toolCalls } from "@antiphon/core";
import fc from "fast-check";
import { type AnswerSpec, anyAnswer } from "../answers.ts";
import { RULES_OFF } from "../scripted-api.ts";
import type { TurnTrace } from "../trace.ts";
import type { World } from "../world.ts";
import { anyPick, operation, pickFrom } from "./operation.ts";

/** What a program or a person adds without a turn: synthetic messages, instructions, imports, and results of tools run outside. */
export const append = operation({
  weight: 5,
  arbitrary: fc.record({
    what: fc.constantFrom("user", "assistant", "system", "imported", "result", "result", "late-result"),
    pick: anyPick,
  }),
  async run(world, { what, pick }, at) {
    const { conversation } = world;
    const words = { type: "text", text: `Message ${at}.` };
    const role = what === "assistant" || what === "system" ? what : "user";
    const content = what.endsWith("result") ? [resultFor(conversation.entries, what, pick)] : [words];
    const appending = conversation.append({ role, content }, what === "imported" ? { origin: "imported" } : {});
    const entry = await (what === "system" ? unlessRefused(appending) : appending);
    if (entry === undefined) return;
    world.trace.written.set(entry.id, JSON.stringify(content));
  },
});

/** Not every model takes instructions among the messages; then core says so. */
function unlessRefused<T>(appending: Promise<T>): Promise<T | undefined> {
  return appending.catch((error: unknown) => {
    if (isAntiphonError(error, "invalid_request")) return undefined;
    throw error;
  });
}

/** Of a call on the path, answered or not; or of a call that nobody made. */
function resultFor(entries: readonly Entry[], what: string, pick: number): ContentBlock {
  const calls = entries.flatMap((entry) => (entry.kind === "message" && entry.role === "assistant" ? toolCalls(entry.content) : []));
  const open = calls.filter(({ id }) => !entries.some((entry) => entry.kind === "message" && answers(entry.content, id)));
  const call = what === "late-result" ? undefined : (pickFrom(open, pick) ?? pickFrom(calls, pick));
  return { type: "tool_result", tool_use_id: call?.id ?? `toolu_of_nobody_${pick}`, content: `Found ${pick}.` };
}

function answers(content: readonly ContentBlock[], id: string): boolean {
  return content.some((block) => block.tool_use_id === id);
}

/** A caller's own loop: the path's request, sent by hand, and what came of it recorded. */
export const record = operation({
  weight: 2,
  arbitrary: fc.record({ answer: anyAnswer }),
  async run(world, { answer }) {
    const { conversation } = world;
    const { body, explain } = await conversation.request();
    if (body.messages.length === 0 || explain.violations.some(({ rule }) => !RULES_OFF.includes(rule))) return;
    const { turn, message } = await askByHand(world, body, answer);
    if (message === undefined) return;
    await conversation.record(message);
    const reply = conversation.entries.findLast((entry) => entry.kind === "message" && entry.origin === "model")!;
    world.trace.written.set(reply.id, JSON.stringify(message.content));
    // What repair made up for the request is stored with the reply, in front of it.
    for (const exchange of turn.exchanges) exchange.path = conversation.entries.slice(0, reply.seq - 1);
    world.trace.turns.push(turn);
  },
});

/** The reply, or nothing where the API gave none; which it may for a scripted error, and not for what it was asked. */
async function askByHand(world: World, body: object, answer: AnswerSpec): Promise<{ turn: TurnTrace; message?: ReceivedMessage }> {
  const { client, conversation } = world.process;
  const turn: TurnTrace = {
    step: "by-hand",
    says: false,
    streaming: false,
    disturbed: true,
    aborted: false,
    crashed: false,
    began: [...conversation.entries],
    answers: [answer],
    exchanges: [],
    stored: [],
  };
  world.begun.push(turn);
  try {
    const asking = async (): Promise<unknown> => client.beta.messages.create(body as never);
    return { turn, message: (await world.current.run(turn, asking)) as ReceivedMessage };
  } catch (error) {
    if (turn.exchanges.some(({ spec }) => spec === undefined)) world.trace.thrown.push(`by hand: ${String(error)}`);
    return { turn };
  }
}
