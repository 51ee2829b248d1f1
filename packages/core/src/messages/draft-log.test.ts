import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DraftLog, replayDraft } from "./draft-log.ts";
import { ReplyFold, type StreamEvent } from "./fold.ts";
import { anyEvents, delta, end, start, startBlock, stopBlock } from "../../test/stream-events.ts";

const textPiece = (text: string) => delta(0, { type: "text_delta", text });

function logged(events: readonly StreamEvent[]): { log: DraftLog; fold: ReplyFold } {
  const fold = new ReplyFold();
  const log = new DraftLog(fold);
  for (const event of events) log.add(event, fold.push(event));
  return { log, fold };
}

describe("a draft log", () => {
  test("replays to the reply as it was at the last take, wherever the takes fall", () => {
    const cuts = fc.array(fc.nat({ max: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(anyEvents, cuts, (events, takes) => {
        const fold = new ReplyFold();
        const [log, chunks] = [new DraftLog(fold), [] as string[]];
        let atLastTake = undefined as ReturnType<ReplyFold["reply"]> | undefined;
        events.forEach((event, at) => {
          log.add(event, fold.push(event));
          if (!takes.includes(at)) return;
          chunks.push(...[log.take() ?? []].flat());
          atLastTake = fold.state === "empty" ? undefined : fold.reply();
        });
        expect(replayDraft(chunks)).toEqual(atLastTake);
      }),
    );
  });

  test("writes neighbouring pieces of one string as one event", () => {
    const pieces = Array.from({ length: 1000 }, () => textPiece("ab"));
    const { log } = logged([start(), startBlock(0, { type: "text", text: "" }), ...pieces, stopBlock(0)]);
    const lines = log.take()!.trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[2]!)).toEqual(textPiece("ab".repeat(1000)));
  });

  test("keeps pieces apart that a delta of another kind divides, and deltas that nobody knows one by one", () => {
    const unknown = delta(0, { type: "hologram_delta", light: 1 });
    const { log, fold } = logged([start(), startBlock(0, { type: "text", text: "" }), textPiece("a"), unknown, unknown, textPiece("b")]);
    const chunk = log.take()!;
    expect(chunk.trimEnd().split("\n")).toHaveLength(6);
    expect(replayDraft([chunk])).toEqual(fold.reply());
    expect(replayDraft([chunk])!.rawDeltas).toEqual({ 0: [unknown.delta, unknown.delta] });
  });

  test("keeps pieces apart that belong to two strings of a block, or to two blocks that are open at once", () => {
    const events = [
      start(),
      startBlock(0, { type: "hologram", text: "", input: {} }),
      startBlock(1, { type: "text", text: "" }),
      textPiece("a"),
      delta(0, { type: "input_json_delta", partial_json: "{}" }),
      textPiece("b"),
      delta(1, { type: "text_delta", text: "c" }),
      stopBlock(0),
    ];
    const { log, fold } = logged(events);
    expect(replayDraft([log.take()!])).toEqual(fold.reply());
    expect(fold.reply().content).toEqual([
      { type: "hologram", text: "ab", input: {} },
      { type: "text", text: "c" },
    ]);
  });

  test("says how many bytes wait, and nothing waits after a take", () => {
    const { log, fold } = logged([start(), startBlock(0, { type: "text", text: "" })]);
    const say = (text: string) => log.add(textPiece(text), fold.push(textPiece(text)));
    log.take();
    expect(log.pendingBytes).toBe(0);
    expect(log.take()).toBeUndefined();
    say("aé€");
    expect(log.pendingBytes).toBe(6);
    say("\ud83d");
    say("\ude00");
    expect(log.pendingBytes).toBe(10);
  });

  test("a character that a take cuts in two is whole again after the replay", () => {
    const { log, fold } = logged([start(), startBlock(0, { type: "text", text: "" }), textPiece("\ud83d")]);
    const first = log.take()!;
    log.add(textPiece("\ude00"), fold.push(textPiece("\ude00")));
    expect(replayDraft([first, log.take()!])!.content).toEqual([{ type: "text", text: "😀" }]);
  });

  test("does not log what the fold takes no notice of", () => {
    const { log } = logged([{ type: "ping" }, { type: "hologram_start" }]);
    expect(log.take()).toBeUndefined();
  });

  test("torn at any byte, it replays to what stands before the tear", () => {
    const events = [start(), startBlock(0, { type: "text", text: "" }), textPiece("Grüße"), stopBlock(0), ...end()];
    const chunk = logged(events).log.take()!;
    for (let at = 0; at <= chunk.length; at += 1) {
      const lines = chunk.slice(0, at).split("\n");
      const standing = lines.filter((line) => isJson(line)).length;
      const reply = replayDraft([chunk.slice(0, at)]);
      expect(reply).toEqual(standing === 0 ? undefined : logged(events.slice(0, standing)).fold.reply());
    }
  });

  test("of a reply whose start never came there is nothing to replay", () => {
    expect(replayDraft([])).toBeUndefined();
    expect(replayDraft(['{"type":"message_st'])).toBeUndefined();
    expect(replayDraft([`${JSON.stringify(textPiece("a"))}\n`])).toBeUndefined();
  });
});

function isJson(line: string): boolean {
  try {
    return line !== "" && Boolean(JSON.parse(line));
  } catch {
    return false;
  }
}
