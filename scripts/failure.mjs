/** Something that a person can mend. The message is one line: what failed, and what to do. */
export class Failure extends Error {
  exitCode;

  constructor(message, /** @type {{ exitCode?: number, cause?: unknown }} */ { exitCode = 1, cause } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** One line for any error; a stack trace tells a newcomer nothing. */
export function failureLine(error) {
  if (error instanceof Failure) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return systemFailure(error?.code, error?.path) ?? `${firstLine(message)} (a fault of the set-up: please report it).`;
}

/** What an operating system's error code means here; undefined for a code that says nothing to a newcomer. */
export function systemFailure(code, path) {
  const where = path ?? "this folder";
  switch (code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `cannot write to ${where}: make it writable, or use a copy in a folder that is.`;
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full: the set-up needs about 1 GB; make room and run the command again.";
    default:
      return undefined;
  }
}

const networkSigns =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b|META_FETCH_FAIL|NETWORK_ERROR|(dns|connect) error/i;

/** Reads the reason out of what npx and pnpm printed. */
export function installFailure(output) {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/\bwarn\b/i.test(line));
  const text = lines.join("\n");
  if (/\b(ENOSPC|EDQUOT)\b|space\s+left\s+on\s+device/.test(text)) return systemFailure("ENOSPC");
  if (/\b(EACCES|EPERM|EROFS)\b/.test(text))
    return systemFailure("EACCES", /(?:^npm error path |'(?=\/))([^'\n]+)/m.exec(text)?.[1] ?? "this folder or the npm cache");
  if (/ERR_PNPM_OUTDATED_LOCKFILE/.test(text))
    return "pnpm-lock.yaml does not match the manifests: run `npx pnpm install` and commit the lockfile.";
  if (networkSigns.test(text)) return "cannot reach the npm registry: connect to the network (or set a proxy) and run the command again.";
  const reason = lines.find((line) => /\bERR/.test(line)) ?? lines.at(-1) ?? "it printed nothing";
  return `the installation failed: ${reason}`;
}

function firstLine(text) {
  return text.split("\n", 1)[0];
}
