import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openPlace } from "./place.ts";

const reference = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");

/** The block behind a marker comment, without its fence. */
function block(name: string): string | undefined {
  return new RegExp(`<!-- help: ${name} -->\\n\`\`\`\\n([\\s\\S]*?)\\n\`\`\``).exec(reference)?.[1];
}

for (const args of [[], ["ask"], ["chat"], ["ls"], ["show"]]) {
  const name = ["antiphon", ...args].join(" ");
  test(`docs/cli.md has what ${name} --help prints, to the letter`, async () => {
    await using place = await openPlace();
    const { code, stdout, stderr } = await place.run([...args, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(block(name)).toBe(stdout.trimEnd());
  });
}

test("antiphon help is help, and not a question to a model", async () => {
  await using place = await openPlace();
  expect((await place.run(["help"])).stdout).toBe((await place.run(["--help"])).stdout);
  expect(place.server.requests).toHaveLength(0);
});

test("--version is the version of the package", async () => {
  await using place = await openPlace();
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  expect(await place.run(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
  expect((await place.run(["--version", "--", "x"])).stdout).toBe(`${version}\n`);
});

/** Makes a program say on stderr that it loads the SDK. */
const SPY = `import { registerHooks } from "node:module";
registerHooks({ resolve(specifier, context, next) { if (specifier.startsWith("@anthropic-ai/")) process.stderr.write("SDK\\n"); return next(specifier, context); } });`;

test("only what speaks to the API loads the SDK, which costs more than everything else together", async () => {
  await using place = await openPlace();
  place.server.script("ok");
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SPY)}` };
  expect((await place.run(["hi"], { env })).stderr).toBe("SDK\n");
  for (const args of [["--version"], ["--help"], ["ls"], ["show"]]) expect((await place.run(args, { env })).stderr, args[0]).toBe("");
});
