import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Of the process table of Linux; see proc(5). */
const PROC = "/proc";

/**
 * Whether a program beside this one, as in `slow | antiphon "..."`, holds the writing end of the pipe on standard input: then
 * something may still come, or an end. A caller that left its own end open is above this process, and does not count.
 * `undefined` where the system does not tell.
 */
export function hasWriterBeside(): boolean | undefined {
  const pipe = linkOf(`${PROC}/self/fd/0`);
  if (pipe === undefined) return undefined;
  const above = ancestors();
  const group = groupOf(String(process.pid));
  return namesIn(PROC)?.some((pid) => /^\d+$/.test(pid) && !above.has(pid) && mayWriteTo(pid, pipe, group));
}

/** Whether a process has it open for writing. One of another user (`sudo dmesg | antiphon "..."`) hides that: there its group counts, which is the pipeline's. */
function mayWriteTo(pid: string, pipe: string, group: string): boolean {
  const fds = namesIn(`${PROC}/${pid}/fd`);
  if (fds === undefined) return groupOf(pid) === group;
  return fds.some((fd) => linkOf(`${PROC}/${pid}/fd/${fd}`) === pipe && isForWriting(`${PROC}/${pid}/fdinfo/${fd}`));
}

/** The access mode is the last two bits of the octal flags. */
function isForWriting(path: string): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(textOf(path))?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & 0o3) !== 0;
}

/** This process and all above it. */
function ancestors(): ReadonlySet<string> {
  const found = new Set<string>();
  for (let pid = String(process.pid); pid !== "" && pid !== "0" && !found.has(pid); pid = statusOf(pid)[1] ?? "") found.add(pid);
  return found;
}

function groupOf(pid: string): string {
  return statusOf(pid)[2] ?? "";
}

/** State, parent, process group, and more. The name before them may hold anything, but ends with the last bracket. */
function statusOf(pid: string): readonly string[] {
  const stat = textOf(`${PROC}/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function namesIn(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
