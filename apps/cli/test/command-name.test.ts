import { expect, test } from "vitest";
import { openPlace } from "./place.ts";

/** As `npm start` calls it. */
const env = { ANTIPHON_COMMAND: "npm start --" };

test("a hint can be typed as it stands, also where the program was started under another name", async () => {
  await using place = await openPlace();
  const said = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await place.run(args, { env });
    return stdout + stderr;
  };
  expect(await said("ls")).toContain('Start one: npm start -- "What does enumerate do?"');
  expect(await said("")).toContain('Ask something: npm start -- "What');
  expect(await said("--bogus")).toContain("See npm start -- --help");
  expect(await said("ls", "the", "files")).toContain("npm start -- ask ls the files");
  expect(await said("chat")).toContain("Ask once instead: npm start -- ");
  place.server.script({ error: { status: 400, message: "no luck" } });
  expect(await said("Hi")).toMatch(/go on: npm start -- -r [0-9a-f]{8} "go on"/);
  place.server.script("ok");
  await said("Again");
  expect(await said("ls", "-n", "1")).toContain("npm start -- ls --limit 4");
  expect(await said("-r", "zzz", "hi")).toContain("npm start -- ls");
  const help = await said("--help");
  expect(help).toMatch(/^Usage: npm start -- \[options\] \[prompt\.\.\.\]\n {7}npm start -- <command>/);
  expect(help).toContain('git diff | npm start -- "Review this"');
  expect(help).not.toMatch(/antiphon (-|ask|"|<)/);
});
