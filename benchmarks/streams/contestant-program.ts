import { answer, cpuOf } from "../measure/child.ts";
import { prepare } from "./contestants.ts";
import type { Kind } from "./replies.ts";

/** One contestant in a process of its own: `contestant-program.ts <name>`. */
const contestant = await prepare(process.argv[2]!);

answer(async (question) => {
  const { baseURL, kind } = question as { readonly baseURL: string; readonly kind: Kind };
  const run = await contestant(baseURL, kind);
  return { cpuMs: await cpuOf(run) };
});
