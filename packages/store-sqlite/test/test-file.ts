import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { NewEntry } from "@antiphon/core";
import { onTestFinished } from "vitest";

export const KEY = { conversationId: "c", branchId: "b" };
export const NEW_CONVERSATION = { id: "c", branchId: "b", createdAt: 1, hashKey: "00" };

/** A folder that goes when the test ends. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function message(n: number, text = `message ${n}`): NewEntry {
  return { id: `e${n}`, createdAt: n, kind: "message", role: "user", content: [{ type: "text", text }], origin: "human" };
}

/** Starts a program of `children/` from source. It is killed when the test ends. */
export function child(program: string, given: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return start(process.execPath, [...childArguments(program), ...given], options);
}

/** What Node needs to run a program of `children/`. */
export function childArguments(program: string): string[] {
  return ["--conditions=@antiphon/source", fileURLToPath(new URL(`children/${program}`, import.meta.url))];
}

export function start(command: string, given: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const started = spawn(command, given, { stdio: ["pipe", "pipe", "inherit"], ...options });
  onTestFinished(() => void started.kill("SIGKILL"));
  return started;
}

/** The lines that a child prints, as they come. */
export function linesOf({ stdout }: ChildProcess): AsyncIterable<string> {
  if (stdout === null) throw new Error("The child has no output to read.");
  return createInterface({ input: stdout });
}

/** Everything that a child prints until it ends. */
export async function outputOf(started: ChildProcess): Promise<string[]> {
  const ended = once(started, "close");
  const lines = await Array.fromAsync(linesOf(started));
  await ended;
  return lines;
}
