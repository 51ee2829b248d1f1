import type { BoundaryBody, EntryBody, MessageBody, ReplyFacts } from "./entry.ts";
import type { Settings } from "./settings.ts";

/**
 * What an entry says after its erasure: its kind and place stay, so that the tree stays whole, and so does what the
 * projection and the accounts need (role, origin, model, stop reason, usage, ids of other entries). Everything that a
 * person wrote or the model answered goes: content, author, external id, and what the API said about the reply in words,
 * ids or hashes. Every store erases by this function, so that all of them forget the same. Erasing twice changes nothing.
 */
export function tombstoneOf(body: EntryBody): EntryBody {
  switch (body.kind) {
    case "message":
      return messageTombstone(body);
    case "settings":
      return { kind: "settings", settings: bareSettings(body.settings) };
    case "boundary":
      return boundaryTombstone(body);
    case "tool-start":
      return { kind: "tool-start", toolUseId: body.toolUseId, name: body.name };
    case "approval":
      return { kind: "approval", toolUseId: body.toolUseId, verdict: body.verdict };
  }
}

function messageTombstone(body: MessageBody): MessageBody {
  const { kind, role, origin, setting, reply } = body;
  return { kind, role, content: [], origin, ...(setting && { setting }), ...(reply && { reply: bareReply(reply) }) };
}

function bareReply({ model, stopReason, usage, whole, copied }: ReplyFacts): ReplyFacts {
  return { model, stopReason, ...(usage && { usage }), whole, ...(copied && { copied }) };
}

function boundaryTombstone({ kind, boundary, bill }: BoundaryBody): BoundaryBody {
  switch (boundary.type) {
    case "settings":
      return { kind, boundary: { type: "settings", settings: bareSettings(boundary.settings) }, bill };
    case "superseded":
      return { kind, boundary: { ...boundary, content: [] }, bill };
    case "compaction":
      return { kind, boundary: { ...boundary, content: [], ...(boundary.reply && { reply: bareReply(boundary.reply) }) }, bill };
    default:
      return { kind, boundary, bill };
  }
}

/** The system prompt and the tools can name people; a request needs these two fields only. */
function bareSettings(settings: Settings): Settings {
  const { model, max_tokens } = settings;
  return { model, max_tokens };
}
