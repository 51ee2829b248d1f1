import { expect, test } from "vitest";
import { type Ended, lines, openPlace } from "./place.ts";

/** Nothing of a secret is anywhere, and one line says which variable is wrong. */
function expectUntold(ended: Ended, code: number, secret: string, line: RegExp): void {
  expect(ended.stdout + ended.stderr).not.toContain(secret);
  expect(lines(ended.stderr)).toEqual([expect.stringMatching(line)]);
  expect(ended.code).toBe(code);
}

const variables = [
  ["ANTHROPIC_API_KEY", {}],
  ["ANTHROPIC_AUTH_TOKEN", { ANTHROPIC_API_KEY: undefined }],
] as const;

for (const [name, without] of variables) {
  test(`${name} with a character that no header carries is refused, named and never told`, async () => {
    await using place = await openPlace();
    for (const value of ["sk-ant-secret-123\r\nx", "sk-ant-secret-123\u2026", "sk-ant\u00a0-secret-123", "sk-ant-secret-123\tx"]) {
      for (const args of [["hi"], ["--json", "hi"]]) {
        const ended = await place.run(args, { env: { ...without, [name]: value } });
        expectUntold(ended, 4, "secret-123", new RegExp(`^antiphon: ${name} has a character .*Copy it again`));
      }
    }
    expect(place.server.requests).toHaveLength(0);
    expect((await place.run(["ls"])).stdout).toBe("");
  });

  test(`white space around ${name}, as a file or a copy leaves it, is no part of it`, async () => {
    await using place = await openPlace();
    place.server.script("ok");
    expect(await place.run(["hi"], { env: { ...without, [name]: " sk-ant-secret-123\r\n" } })).toMatchObject({ code: 0, stdout: "ok\n" });
    const { headers } = place.server.requests[0]!;
    expect(headers["x-api-key"] ?? headers["authorization"]).toMatch(/^(Bearer )?sk-ant-secret-123$/);
  });

  test(`what a server says of ${name} is told without it`, async () => {
    await using place = await openPlace();
    const reply = { error: { status: 400, message: "no luck with sk-ant-secret-123 here" } };
    place.server.script(reply, reply);
    for (const args of [["hi"], ["--json", "hi"]]) {
      const { stdout, stderr } = await place.run(args, { env: { ...without, [name]: "sk-ant-secret-123" } });
      expect(stdout + stderr).not.toContain("secret-123");
      expect(stderr).toContain("no luck with [secret] here");
    }
  });
}

test("a header of one's own that no request can carry is refused without telling it", async () => {
  await using place = await openPlace();
  const ended = await place.run(["hi"], { env: { ANTHROPIC_CUSTOM_HEADERS: "x-gateway: secret-123\u2026" } });
  expectUntold(ended, 4, "secret-123", /^antiphon: The credentials cannot be used: .*ANTHROPIC_CUSTOM_HEADERS/);
});

test("an address with a user name or a password in it is refused without telling it", async () => {
  await using place = await openPlace();
  for (const address of ["http://user:s3cret@127.0.0.1:1", "https://s3cret@host", "ftp://user:s3cret@host", "user:s3cret@host"]) {
    for (const args of [["hi"], ["--json", "hi"]]) {
      const ended = await place.run(args, { env: { ANTHROPIC_BASE_URL: address } });
      expectUntold(ended, 2, "s3cret", /^antiphon: ANTHROPIC_BASE_URL /);
      expect(ended.stderr).not.toContain("user:");
    }
  }
  expect(place.server.requests).toHaveLength(0);
});
