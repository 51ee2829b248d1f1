import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("../../bin/messages-server", import.meta.url));

function run(args: readonly string[], throughShell = false) {
  const source = ["--experimental-strip-types", "--conditions=@antiphon/source", "--disable-warning=ExperimentalWarning"];
  const child = throughShell ? spawn(program, args) : spawn(process.execPath, [...source, program, ...args]);
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, exited: once(child, "close"), stdout: collect(child, "stdout"), stderr: collect(child, "stderr") };
}

function collect(child: ChildProcess, name: "stdout" | "stderr"): { text: string; readonly line: Promise<string> } {
  const line = Promise.withResolvers<string>();
  const heard = { text: "", line: line.promise };
  child[name]!.setEncoding("utf8").on("data", (chunk: string) => {
    heard.text += chunk;
    if (heard.text.includes("\n")) line.resolve(heard.text.split("\n", 1)[0]!);
  });
  return heard;
}

const ask = (url: string) =>
  fetch(`${url}/v1/messages`, {
    method: "POST",
    headers: { "x-api-key": "practice", "anthropic-version": "2026-10-21" },
    body: JSON.stringify({ model: "claude-sonnet-4-6", max_tokens: 64, messages: [{ role: "user", content: "hello" }] }),
  });

test.each([false, true])(
  "it says where it listens in one line, answers there, and ends on SIGTERM (as an executable: %s)",
  async (throughShell) => {
    const { child, exited, stdout, stderr } = run(["--pace", "0"], throughShell);
    const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(await stdout.line)![1]!;
    expect((await ask(url)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect([stdout.text, stderr.text]).toEqual([`listening on ${url}\n`, ""]);
  },
);

test("with --exit-with-stdin it ends when its standard input closes", async () => {
  const { child, exited, stdout } = run(["--exit-with-stdin"]);
  await stdout.line;
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
});

test("with --verbose each request is one line on stderr", async () => {
  const { stdout, stderr } = run(["--verbose"]);
  await ask((await stdout.line).replace("listening on ", ""));
  expect(await stderr.line).toBe("POST /v1/messages 200");
});

test.each([
  { args: ["--port", "many"], line: 'messages-server: --port must be a whole number from 0 to 65535, not "many".' },
  { args: ["--pace", "-1"], line: /^messages-server: / },
  { args: ["--prot", "1"], line: /^messages-server: Unknown option '--prot'/ },
])("a wrong flag is one line and exit code 2: $args", async ({ args, line }) => {
  const { exited, stdout, stderr } = run(args);
  expect(await exited).toEqual([2, null]);
  expect(stderr.text.trimEnd()).toMatch(line);
  expect([stdout.text, stderr.text.trimEnd().split("\n").length]).toEqual(["", 1]);
});

test("a port that is taken is one line and exit code 1", async () => {
  const first = run([]);
  const port = new URL((await first.stdout.line).replace("listening on ", "")).port;
  const { exited, stderr } = run(["--port", port]);
  expect(await exited).toEqual([1, null]);
  expect(stderr.text).toMatch(new RegExp(`^messages-server: cannot listen on port ${port}: .*\\n$`));
});

test("--help says what it is", async () => {
  const { exited, stdout } = run(["--help"]);
  expect(await exited).toEqual([0, null]);
  expect(stdout.text).toContain("--exit-with-stdin");
});
