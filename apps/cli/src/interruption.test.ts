import { expect, test } from "vitest";
import { Interruption } from "./interruption.ts";

/** An interruption, and the exit codes that it asked for. */
function interruption(): { readonly it: Interruption; readonly exits: number[] } {
  const exits: number[] = [];
  return { it: new Interruption((code) => exits.push(code)), exits };
}

test("a signal ends the program at once where no turn runs", () => {
  const { it, exits } = interruption();
  it.signalled(143);
  expect(exits).toEqual([143]);
});

test("the first signal aborts a turn, the second ends the program", async () => {
  const { it, exits } = interruption();
  await it.during(async (signal) => {
    it.signalled(130);
    expect({ aborted: signal.aborted, exits: [...exits], code: it.exitCode }).toEqual({ aborted: true, exits: [], code: 130 });
    it.signalled(130);
  });
  expect(exits).toEqual([130]);
});

test("a reader that leaves aborts a turn, and all the writes that fail then end nothing", async () => {
  const { it, exits } = interruption();
  await it.during(async (signal) => {
    for (let at = 0; at < 3; at += 1) it.readerLeft(0);
    expect(signal.aborted).toBe(true);
  });
  expect({ exits, code: it.exitCode }).toEqual({ exits: [], code: 0 });
});

test("Ctrl-C that ends a whole pipeline lets the part be stored, and is what the shell is told, in any order", async () => {
  for (const order of ["signal first", "reader first"]) {
    const { it, exits } = interruption();
    await it.during(async () => {
      if (order === "signal first") it.signalled(130);
      it.readerLeft(0);
      if (order === "reader first") it.signalled(130);
    });
    expect({ exits, code: it.exitCode }, order).toEqual({ exits: [], code: 130 });
  }
});
