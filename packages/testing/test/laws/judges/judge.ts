import type { Block } from "@antiphon/testing/messages-server";
import type { Trace } from "../trace.ts";

/** What a trace shows against a law; nothing where the law held. */
export type Judge = (trace: Trace) => readonly string[] | Promise<readonly string[]>;

/** A block as it counts: without its cache mark. */
export function unmarked({ cache_control: _mark, ...block }: Block): string {
  return JSON.stringify(block);
}
