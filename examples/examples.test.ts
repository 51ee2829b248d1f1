import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startMessagesServer } from "@antiphon/testing/messages-server";
import { describe, expect, onTestFinished, test } from "vitest";

const folder = dirname(fileURLToPath(import.meta.url));
const fromSource = ["--experimental-strip-types", "--conditions=@antiphon/source"];

/** Runs an example against a practice server, in a folder of its own; gives what it printed. */
async function run(example: string): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), "antiphon-example-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  await using server = await startMessagesServer();
  const env = { PATH: process.env["PATH"], ANTHROPIC_API_KEY: "any", ANTHROPIC_BASE_URL: server.url };
  const { stdout } = await promisify(execFile)(process.execPath, [...fromSource, join(folder, example)], { cwd, env });
  return stdout;
}

describe("the code of the documents runs as it stands", () => {
  const prints: Record<string, RegExp> = {
    "accounts.ts": /^2 requests for 0\.0\d+ dollars, 1 of them on this path\n2 in the ledger\n$/,
    "approvals.ts": /^waiting\nremoving notes\.txt\n[\s\S]*notes\.txt is gone/,
    "branches.ts": /^ {2}My name is Ada\n> My name is Grace\n.*Ada/,
    "conversation.ts": /enumerate[\s\S]*\ncompleted, \d+ tokens; go on with chat\.open\("[\w-]+"\)\n$/,
    "events.ts": /^\[clock \{\}\]\n[^]*noon[^]*\n\[completed\]\n$/,
    "making-room.ts": /^3 of 6 questions are sent\n1 with a summary in front, for \d+ cached tokens\n6 again, \d+ tokens\n$/,
    "own-loop.ts": /^Hello Ada[\s\S]*\(finish\)\nYour name is Ada[\s\S]*\(finish\)\n$/,
    "own-tool-loop.ts": /^completed [\s\S]*parrot/,
    "partial-inputs.ts": /^note so far: [^]*\nnote whole: \{"title":"Parrot","lines":\["It has ceased to be\."\]\}\n$/,
    "practice-server.ts": /^$/,
    "prefix.ts": /^true\nfalse settings\n$/,
    "prompt.ts": /^Be brief\. user assistant user system assistant\ntrue settings synthetic synthetic human synthetic model\n$/,
    "structured-output.ts": /^.*: -?\d+ people\n$/,
    "validation.ts": /^messages\.1: This model does not support assistant message prefill\./,
  };

  test("every example is here", () => {
    expect(Object.keys(prints)).toEqual(readdirSync(folder).filter((file) => /^[\w-]+\.ts$/.test(file)));
  });

  test.each(Object.entries(prints))("%s", async (example, printed) => {
    expect(await run(example)).toMatch(printed);
  });
});
