import type { ApiError } from "../api-error.ts";
import { listHeader, type ReceivedRequest } from "../received.ts";
import type { Signer } from "../signatures.ts";
import { type Block, blocksOf, isRecord, type MessagesBody } from "../wire.ts";
import { broken } from "./server-rules.ts";

const COMPACT_ON_DEMAND = "compact-2026-09-04";

/**
 * The rules of compaction on demand: of the request that asks for it, and of each that carries its signed block. Unsigned blocks are
 * those of threshold compaction, which may stand anywhere. Source: compaction on demand documentation, errors of SDK 1.12.0.
 */
export function checkCompaction(received: ReceivedRequest, body: MessagesBody, signer: Signer): ApiError | undefined {
  const isRequested = isRecord(body.compaction);
  const other = isRequested ? OTHERS.find((field) => isUnfit(field, body)) : undefined;
  if (other !== undefined) return broken("compaction-with-other", { field: other });
  if (isRequested && body.messages.length === 0) return broken("compaction-nothing-to-summarize");
  const signed = body.messages.flatMap(({ content }, message) =>
    blocksOf(content).flatMap((block, at) => (isSigned(block) ? [{ block, isFirst: message === 0 && at === 0 }] : [])),
  );
  if (signed.length === 0) return undefined;
  if (!listHeader(received, "anthropic-beta").includes(COMPACT_ON_DEMAND)) return broken("compaction-block-without-beta");
  if (signed.length > 1) return broken("compaction-block-ambiguous");
  const [only] = signed;
  if (!only!.isFirst) return broken("compaction-block-misplaced");
  if (!signer.hasSigned(only!.block)) return broken("compaction-signature-invalid");
  return undefined;
}

/** What cannot go along with `compaction`. */
const OTHERS = ["context_management", "stop_sequences", "output_config.format", "tool_choice"] as const;

function isUnfit(
  field: (typeof OTHERS)[number],
  { context_management, stop_sequences, output_config, tool_choice }: MessagesBody,
): boolean {
  switch (field) {
    case "context_management":
      return isRecord(context_management);
    case "stop_sequences":
      return Array.isArray(stop_sequences) && stop_sequences.length > 0;
    case "output_config.format":
      return isRecord(output_config) && isRecord(output_config.format);
    case "tool_choice":
      return isRecord(tool_choice) && (tool_choice.type === "any" || tool_choice.type === "tool");
  }
}

function isSigned(block: Block): boolean {
  return block.type === "compaction" && typeof block.signature === "string";
}
