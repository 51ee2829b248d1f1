import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Check, manifestChecks, runtimeChecks, typeChecks } from "./checks.ts";
import { installConsumer, serve } from "./consumer-folder.ts";
import { packPackages } from "./packed-packages.ts";
import { openToolbox } from "./toolbox.ts";

/**
 * What somebody meets who imports the packages: packs them, installs the tarballs in an empty folder, and there runs a turn on every runtime
 * and compiles a program with every compiler that the registry has. `pnpm third-parties`; minutes, so apart from the tests.
 */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "antiphon-third-parties-"));
  const tally = { passed: 0, failed: 0, skipped: 0 };
  try {
    const packed = await packPackages(join(folder, "build"));
    const consumer = join(folder, "consumer");
    const toolbox = await openToolbox();
    await installConsumer(consumer, packed);
    const server = await serve(consumer);
    const checks = [...runtimeChecks(consumer, server.url, toolbox), ...typeChecks(consumer, toolbox), ...manifestChecks(packed, toolbox)];
    for (const check of checks) tally[await attempt(check)] += 1;
    await server.close();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    tally.skipped += 1;
    say(`SKIPPED: the registry cannot be reached, so nothing was tried.\n${(error as Error).message}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  say(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  if (tally.failed > 0) process.exitCode = 1;
}

async function attempt(check: Check): Promise<"passed" | "failed" | "skipped"> {
  const began = performance.now();
  const line = (result: string) =>
    say(`${result.padEnd(7)} ${check.on.padEnd(24)} ${check.does.padEnd(40)} ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (check.attempt === undefined) {
    line("SKIPPED");
    say("        the registry has no build of it for this platform");
    return "skipped";
  }
  try {
    await check.attempt();
    line("passed");
    return "passed";
  } catch (error) {
    line("FAILED");
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    say(`${stdout}${stderr}` || message);
    return "failed";
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Error && /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/.test(error.message);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
