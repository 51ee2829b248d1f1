import { describe, expect, test } from "vitest";
import { Failure, failureLine, installFailure } from "./failure.mjs";

const noNetwork = "cannot reach the npm registry: connect to the network (or set a proxy) and run the command again.";
const fullDisk = "the disk is full: the set-up needs about 1 GB; make room and run the command again.";

describe("what npx and pnpm print becomes one line", () => {
  test.each([
    ["npx without a name server", "npm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error errno ENOTFOUND", noNetwork],
    ["npx with nobody there", "npm error FetchError: request failed\nnpm error   code: 'ECONNREFUSED',", noNetwork],
    [
      "pnpm without a name server",
      "Error: ERR_PNPM_META_FETCH_FAIL\n\n  × installing dependencies\n  ╰─▶ error sending request:\n      client error (Connect): dns error",
      noNetwork,
    ],
    ["pnpm on a full disk, wrapped by it", '      a1/3f12961a-exec": No\n      space left on device (os error 28)', fullDisk],
    [
      "npm with a cache that it may not write",
      "npm error code EACCES\nnpm error syscall mkdir\nnpm error path /home/ada/.npm\nnpm error errno EACCES",
      "cannot write to /home/ada/.npm: make it writable, or use a copy in a folder that is.",
    ],
    [
      "a lockfile that does not match",
      "ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with frozen-lockfile",
      "pnpm-lock.yaml does not match the manifests: run `npx pnpm install` and commit the lockfile.",
    ],
    ["something new", "npm warn Unknown user config\nERR_PNPM_NEW  a thing\nmore", "the installation failed: ERR_PNPM_NEW  a thing"],
    ["nothing at all", "npm warn only\n", "the installation failed: it printed nothing"],
  ])("%s", (_name, output, line) => {
    expect(installFailure(output)).toBe(line);
  });
});

describe("no error reaches a person as a stack trace", () => {
  test("a failure says its own line", () => {
    expect(failureLine(new Failure("this, so do that."))).toBe("this, so do that.");
  });

  test("an error of the operating system says what to do", () => {
    expect(failureLine(Object.assign(new Error("EROFS: read-only"), { code: "EROFS", path: "/opt/antiphon" }))).toBe(
      "cannot write to /opt/antiphon: make it writable, or use a copy in a folder that is.",
    );
  });

  test("anything else is one line, and named a fault of the set-up", () => {
    expect(failureLine(new TypeError("x is not a function\n    at y"))).toBe(
      "x is not a function (a fault of the set-up: please report it).",
    );
    expect(failureLine("odd")).toBe("odd (a fault of the set-up: please report it).");
  });
});
