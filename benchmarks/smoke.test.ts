import { BetaMessageStream } from "@anthropic-ai/sdk/lib/BetaMessageStream";
import { expect, test } from "vitest";
import { history } from "./history/history.ts";
import { digits, exponent, median, table } from "./measure/numbers.ts";
import { ALL } from "./streams/contestants.ts";
import { KINDS, replyBytes } from "./streams/replies.ts";
import { streams } from "./streams/streams.ts";

// These run everything in small, so that it does not rot. They say nothing of time: what a machine does beside is not in their hands.

const rowsOf = (markdown: string): string[][] =>
  markdown
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) => line.split(" | ").map((cell) => cell.replaceAll("|", "").trim()));

test("the stream benchmark measures every contestant", async () => {
  const rows = rowsOf(await streams({ rounds: 1, scale: 0.001, warming: 0, kinds: ["tool-input"] }));
  for (const name of ALL) expect(rows.filter(([first, cost]) => first === name && Number(cost) > 0)).toHaveLength(1);
}, 120_000);

test("every kind of reply is one that the SDK reads", async () => {
  for (const kind of KINDS) {
    const lines = replyBytes(kind, 50).toString("utf8").trimEnd().split("\n\n");
    const events = lines.map((line) => line.slice(line.indexOf("\ndata: ") + 7));
    const message = await BetaMessageStream.fromReadableStream(new Blob([`${events.join("\n")}\n`]).stream()).finalMessage();
    expect([message.stop_reason, message.content.length > 0]).toEqual([kind === "tool-input" ? "tool_use" : "end_turn", true]);
    if (kind === "tool-input") expect(message.content).toMatchObject([{ input: { path: "src/first.ts", edits: expect.any(Array) } }]);
  }
});

test("the history benchmark measures every operation on both stores", async () => {
  const rows = rowsOf(await history({ lengths: [4, 8], times: 1 })).slice(1);
  expect(rows).toHaveLength(10);
  expect(rows.filter(([, short, long]) => !(Number(short) > 0 && Number(long) > 0))).toEqual([]);
});

test("a median is the middle, an exponent tells linear from quadratic", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
  expect([exponent(1, 2), exponent(1, 4), exponent(3, 3)]).toEqual([1, 2, 0]);
  expect([digits(123.4), digits(12.34), digits(1.234), digits(Number.POSITIVE_INFINITY)]).toEqual(["123", "12.3", "1.23", "-"]);
  expect(table(["a", "b"], [["c", "1"]])).toBe("| a | b |\n| --- | ---: |\n| c | 1 |");
});
