import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkout, type Checkout, type Result, run } from "./checkout.fixture.ts";

const script = join(dirname(fileURLToPath(import.meta.url)), "..", ".ci", "run");

const report = (statuses: Record<string, string[]>) => ({
  numPassedTests: Object.values(statuses)
    .flat()
    .filter((status) => status === "passed").length,
  numFailedTests: Object.values(statuses)
    .flat()
    .filter((status) => status === "failed").length,
  testResults: Object.entries(statuses).map(([name, all]) => ({ name, assertionResults: all.map((status) => ({ status })) })),
});

/** A checkout with the real `.ci/run`, and in the place of npm and of each tool a program that says what it was told. */
function ciCheckout(statuses: Record<string, string[]>): Checkout {
  const here = checkout();
  cpSync(script, join(here.root, ".ci", "run"));
  here.write("node_modules/.cache/antiphon/placed", "");
  const file = "node_modules/.cache/antiphon/tests.json";
  here.write(
    "fake-bin/npm",
    `#!/bin/sh
case "$*" in
  "test "*) echo '${JSON.stringify(report(Object.fromEntries(Object.entries(statuses).map(([name, all]) => [join(here.root, name), all]))))}' > ${file} ;;
  "start "*) echo "$ANTIPHON_DB" > started; echo an answer ;;
  *) echo "npm $*" ;;
esac
`,
    0o755,
  );
  for (const tool of ["tsc", "oxlint", "oxfmt", "turbo", "knip", "publint"])
    here.write(`node_modules/.bin/${tool}`, `#!/bin/sh\necho "${tool} CI=$CI NO_COLOR=$NO_COLOR"\n`, 0o755);
  here.write(".gitignore", "node_modules\nstarted\ntmp\n");
  mkdirSync(join(here.root, "tmp"));
  for (const args of [
    ["init", "-q"],
    ["add", "."],
  ])
    execFileSync("git", args, { cwd: here.root });
  return here;
}

const ci = ({ root }: Checkout, env: Record<string, string> = {}): Promise<Result> =>
  run(root, ["bash", join(root, ".ci", "run")], { env: { TMPDIR: join(root, "tmp"), ...env } });

describe.skipIf(process.platform === "win32")(".ci/run", () => {
  test("ends with the passed and the failed alone on the last line, the skipped by file above", async () => {
    const { exitCode, stdout } = await ci(ciCheckout({ "a.test.ts": ["passed", "passed"], "b.test.ts": ["passed", "skipped", "pending"] }));
    expect([exitCode, stdout.split("\n").slice(-4)]).toEqual([
      0,
      ["skipped: 2 of b.test.ts", expect.stringMatching(/^took \d+ s$/), "11 passed, 0 failed", ""],
    ]);
  });

  test("a failed test fails the run, which says so", async () => {
    const { exitCode, stdout } = await ci(ciCheckout({ "a.test.ts": ["passed", "failed"] }));
    expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/\nfailed: tests\ntook \d+ s\n9 passed, 1 failed\n$/)]);
  });

  test("leaves nothing in the folder for temporary files", async () => {
    const here = ciCheckout({});
    await ci(here);
    expect(readdirSync(here.root)).toContain("started");
    expect(readdirSync(join(here.root, "tmp"))).toEqual([]);
  });

  test("does not tell the linter and the formatter CI, for which they would colour what goes into a log", async () => {
    const { stdout } = await ci(ciCheckout({}));
    expect(stdout).toMatch(/^oxlint CI= NO_COLOR=1$/m);
    expect(stdout).toMatch(/^oxfmt CI= NO_COLOR=1$/m);
  });

  test("tries the runtimes and compilers, which are a big download, only when it is asked to", async () => {
    expect((await ci(ciCheckout({}))).stdout).not.toContain("third");
    expect((await ci(ciCheckout({}), { ANTIPHON_CI_FULL: "1" })).stdout).toContain("npm run --silent third-parties");
  });
});
