import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkout, run } from "./checkout.fixture.ts";
import { SOURCE_FLAGS } from "./project-node.mjs";

describe.skipIf(process.platform === "win32")("apps/cli/bin/antiphon", () => {
  test("runs from anywhere through symlinks, and stays in the caller's folder", async () => {
    const here = checkout();
    await here.run(["set-up"]);
    symlinkSync("apps/cli/bin/antiphon", join(here.root, "first"));
    symlinkSync(join(here.root, "first"), join(here.root, "fake-bin", "second"));
    const { exitCode, stdout } = await run(here.root, ["second", "a b", "-c"], { env: { PATH: pathWith(here.root) } });
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ args: ["a b", "-c"], cwd: here.root });
  });

  test("a checkout that is not set up says so in one line", async () => {
    const here = checkout();
    const { exitCode, stderr } = await run(here.root, [join(here.root, "apps/cli/bin/antiphon")]);
    expect([exitCode, stderr]).toEqual([1, `antiphon: this checkout is not set up: run "npm start" once in ${here.root}.\n`]);
  });

  test("without the project's Node, an old one on PATH is refused in one line", async () => {
    const here = checkout();
    await here.run(["set-up"]);
    here.write("fake-bin/node", "#!/bin/sh\nexit 1\n", 0o755);
    const { exitCode, stderr } = await run(here.root, [join(here.root, "apps/cli/bin/antiphon")]);
    expect([exitCode, stderr]).toEqual([
      1,
      `antiphon: it needs Node 22.13 or newer: run "npm start" once in ${here.root}, or install one.\n`,
    ]);
  });

  test("starts Node with the flags that npm start uses", () => {
    const text = readFileSync(new URL("../apps/cli/bin/antiphon", import.meta.url), "utf8");
    expect(text).toContain(`exec "$node" ${SOURCE_FLAGS.join(" ")} "$app/src/main.ts" "$@"`);
  });
});

const pathWith = (root: string) => `${join(root, "fake-bin")}:${join(process.execPath, "..")}:/usr/bin:/bin`;
