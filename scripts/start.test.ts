import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { checkout, type Checkout } from "./checkout.fixture.ts";

const practiceLine =
  /^antiphon: no ANTHROPIC_API_KEY, so a practice server on this machine answers \(not a model\); conversations are kept in (.*)$/m;

/** Whether nobody listens any more where the practice server did. */
function serverIsGone({ root }: Checkout): Promise<boolean> {
  const port = Number(readFileSync(join(root, "server.port"), "utf8"));
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(false)).on("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED"));
    socket.on("connect", () => socket.destroy());
  });
}

describe("without a key", () => {
  test("the practice server answers, the program's database is another, and one line on stderr says both", async () => {
    const here = checkout();
    const { exitCode, stdout, stderr } = await here.run(["start", "a question", "--json"], { input: "piped" });
    const database = join(here.root, "data", "antiphon", "practice.db");
    expect(JSON.parse(stdout)).toMatchObject({ args: ["a question", "--json"], input: "piped", key: "practice", database, server: 204 });
    expect(practiceLine.exec(stderr)?.[1]).toBe(database);
    expect(exitCode).toBe(3);
  });

  test("the practice server ends with the chat", async () => {
    const here = checkout();
    await here.run(["start"]);
    expect(await serverIsGone(here)).toBe(true);
  });

  test("a database that the user named is the one that is used", async () => {
    const { stdout } = await checkout().run(["start"], { env: { ANTIPHON_DB: "/somewhere/mine.db" } });
    expect(JSON.parse(stdout).database).toBe("/somewhere/mine.db");
  });

  test("an empty key is no key", async () => {
    const { stdout } = await checkout().run(["start"], { env: { ANTHROPIC_API_KEY: " " } });
    expect(JSON.parse(stdout).key).toBe("practice");
  });

  test("a practice server that does not start is one clear line", async () => {
    const here = checkout();
    here.write("packages/testing/bin/messages-server", `console.error("no port is free"); process.exitCode = 1;`);
    const { exitCode, stdout, stderr } = await here.run(["start"]);
    expect([exitCode, stdout, stderr.trim().split("\n").at(-1)]).toEqual([
      1,
      "",
      "antiphon: the practice server did not start: no port is free.",
    ]);
  });
});

describe("a command that asks nothing", () => {
  test.each(["--help", "-h", "help", "--version", "-V", "-c hello --help", "ls", "ls --json", "show 3f2a"])(
    "%s: no practice server and no word about one, and the conversations are those of practice",
    async (line) => {
      const here = checkout();
      await here.run(["set-up"]);
      const { stdout, stderr } = await here.run(["start", ...line.split(" ")]);
      const database = join(here.root, "data", "antiphon", "practice.db");
      expect(JSON.parse(stdout)).toEqual({ args: line.split(" "), input: "", database, command: "npm start --", cwd: here.root });
      expect([stderr, existsSync(join(here.root, "server.port"))]).toEqual(["", false]);
    },
  );

  test("the same words in a question, behind -- or as an option's value, ask", async () => {
    for (const args of [
      ["tell me", "ls"],
      ["--", "--help"],
      ["--", "ls"],
      ["ask", "show"],
      ["help", "me"],
      ["-m", "ls", "hi"],
      ["-s", "--help", "hi"],
    ]) {
      const { stdout } = await checkout().run(["start", ...args]);
      expect(JSON.parse(stdout)).toMatchObject({ args, server: 204 });
    }
  });
});

test("hints name the command that was typed", async () => {
  for (const env of [{}, { ANTHROPIC_API_KEY: "key" }, { ANTIPHON_COMMAND: "another" }]) {
    const { stdout } = await checkout().run(["start", "a question"], { env });
    expect(JSON.parse(stdout).command).toBe("npm start --");
  }
});

describe("with what the user set", () => {
  test("a key goes to the API, with no practice server and no word about one", async () => {
    const here = checkout();
    await here.run(["set-up"]);
    const { stdout, stderr } = await here.run(["start"], { env: { ANTHROPIC_API_KEY: "key" } });
    expect(JSON.parse(stdout)).toEqual({ args: [], input: "", key: "key", command: "npm start --", cwd: here.root });
    expect(stderr).toBe("");
  });

  test("an endpoint of the user's own is the one that is asked, key or no key", async () => {
    const { stdout } = await checkout().run(["start"], { env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" } });
    expect(JSON.parse(stdout)).toMatchObject({ url: "http://127.0.0.1:9" });
    expect(JSON.parse(stdout)).not.toHaveProperty("key");
  });

  test("a profile of the SDK is a key", async () => {
    const here = checkout();
    here.write("settings/anthropic/configs/default.json", "{}");
    const { stdout } = await here.run(["start"], { env: { XDG_CONFIG_HOME: join(here.root, "settings") } });
    expect(JSON.parse(stdout)).not.toHaveProperty("key");
  });

  test("relative paths mean the folder that the user is in", async () => {
    const here = checkout();
    const { stdout } = await here.run(["start"], { env: { ANTHROPIC_API_KEY: "key", INIT_CWD: join(here.root, "apps") } });
    expect(JSON.parse(stdout).cwd).toBe(join(here.root, "apps"));
  });
});

describe("signals", () => {
  test("SIGTERM reaches the chat once, its exit code comes out, and no server is left", async () => {
    const here = checkout();
    here.write(
      "apps/cli/src/main.ts",
      `
      let times = 0;
      process.on("SIGTERM", () => { times += 1; setImmediate(() => { console.log(times); process.exit(7); }); });
      setInterval(() => {}, 1000);
      process.kill(process.ppid, "SIGTERM");
      `,
    );
    const { exitCode, stdout } = await here.run(["start"]);
    expect([exitCode, stdout]).toEqual([7, "1\n"]);
    expect(await serverIsGone(here)).toBe(true);
  });

  test("a chat that a signal ended gives 128 and the signal's number", async () => {
    const here = checkout();
    here.write("apps/cli/src/main.ts", `process.kill(process.pid, "SIGKILL");`);
    expect((await here.run(["start"], { env: { ANTHROPIC_API_KEY: "key" } })).exitCode).toBe(137);
  });

  test("a practice server whose starter was killed outright ends by itself", async () => {
    const here = checkout();
    here.write(
      "apps/cli/src/main.ts",
      `
      import { connect } from "node:net";
      const port = Number(new URL(process.env.ANTHROPIC_BASE_URL!).port);
      const line = connect(port, "127.0.0.1", () => process.kill(process.ppid, "SIGKILL"));
      line.on("close", () => process.exit()).on("error", () => process.exit());
      `,
    );
    // The chat holds standard output open until its connection to the server breaks.
    await here.run(["start"]);
    await vi.waitFor(async () => expect(await serverIsGone(here)).toBe(true));
  });
});
