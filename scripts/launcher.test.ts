import { readFileSync, rmSync, symlinkSync } from "node:fs";
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

  test("a checkout that lacks a package says so in one line, and npm start mends it", async () => {
    const here = checkout();
    here.write(
      "packages/one/package.json",
      `{ "type": "module", "dependencies": { "left": "1.0.0" }, "devDependencies": { "right": "1.0.0" } }`,
    );
    const good = readFileSync(join(here.root, "fake-bin/npx"), "utf8");
    const placed = ["left", "right"].map((name) => `packages/one/node_modules/${name}`);
    here.write(
      "fake-bin/npx",
      `${good}mkdir -p ${placed.join(" ")}\n${placed.map((place) => `echo '{}' > ${place}/package.json\n`).join("")}`,
      0o755,
    );
    await here.run(["set-up"]);
    const launch = () => run(here.root, [join(here.root, "apps/cli/bin/antiphon")], { env: { PATH: pathWith(here.root) } });
    expect((await launch()).exitCode).toBe(3);

    rmSync(join(here.root, "packages/one/node_modules/left"), { recursive: true });
    expect(await launch()).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `antiphon: this checkout is not set up: packages/one/node_modules/left is missing: run "npm start" once in ${here.root}.\n`,
    });
    expect((await here.run(["start"], { env: { ANTHROPIC_API_KEY: "key" } })).exitCode).toBe(3);
    expect((await launch()).exitCode).toBe(3);

    // What only development needs does not keep the program from running.
    rmSync(join(here.root, "packages/one/node_modules/right"), { recursive: true });
    expect((await launch()).exitCode).toBe(3);
  });

  test("a package that only loading shows to be missing is one line too", async () => {
    const here = checkout();
    await here.run(["set-up"]);
    here.write("apps/cli/src/main.ts", `await import("./run.ts");`);
    here.write("apps/cli/src/run.ts", `import "no-such-package/deep";`);
    const { exitCode, stderr } = await run(here.root, [join(here.root, "apps/cli/bin/antiphon")], { env: { PATH: pathWith(here.root) } });
    expect([exitCode, stderr]).toEqual([
      1,
      `antiphon: this checkout is not set up: no-such-package cannot be loaded: delete ${here.root}/node_modules and run "npm start" in ${here.root}.\n`,
    ]);
  });

  test("a file of our own that is missing is a fault, and keeps its trace", async () => {
    const here = checkout();
    await here.run(["set-up"]);
    here.write("apps/cli/src/main.ts", `await import("./absent.ts");`);
    const { exitCode, stderr } = await run(here.root, [join(here.root, "apps/cli/bin/antiphon")], { env: { PATH: pathWith(here.root) } });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("absent.ts")]);
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
    expect(text).toContain(`exec "$node" ${SOURCE_FLAGS.join(" ")} "$root/scripts/launcher.mjs" "$@"`);
  });
});

const pathWith = (root: string) => `${join(root, "fake-bin")}:${join(process.execPath, "..")}:/usr/bin:/bin`;
