import type { Boundary, Entry, NewEntry, ReplyFacts } from "../conversation/entry.ts";
import type { Host } from "../host.ts";
import { ownMetadata } from "../own-options.ts";
import { project, type ProjectOptions } from "../request/project.ts";
import { ProjectionMemory } from "../request/projection-memory.ts";

/** How much of a path is copied, and what the copy is labelled with. */
export interface CopyOptions {
  /** The last entry that is copied; the whole path unless told. */
  readonly throughEntryId?: string;
  /** Labels of the new conversation. Those of the old one are not copied: they may name a channel that it does not belong to. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Stores a path as a conversation of its own, in one write, and returns its id. Every entry says what it said, with its
 * origin and its time, under a new id.
 */
export async function copyPath(
  { store, environment }: Host,
  path: readonly Entry[],
  { metadata, ...projecting }: ProjectOptions & Pick<CopyOptions, "metadata">,
): Promise<string> {
  const id = environment.randomId();
  const hashKey = environment.randomKey();
  const rebound = bindAnew(path, { ...projecting, newKey: hashKey, elsewhere: () => environment.randomKey().slice(0, 32) });
  const ids = new Map(path.map((entry) => [entry.id, environment.orderedId()]));
  await store.create({
    id,
    branchId: environment.randomId(),
    createdAt: environment.now(),
    hashKey,
    ...(metadata !== undefined && { metadata: ownMetadata(metadata) }),
    entries: path.map((entry) => copied(entry, ids, rebound.get(entry.id))),
  });
  return id;
}

/**
 * The prefix hashes of a path's replies under another key. Thinking is bound to what was said before it, byte for byte, and a copy
 * says the same: so a reply whose hash is that of its place has the hash of that place again. One that was bound to anything
 * else stays so.
 */
function bindAnew(
  path: readonly Entry[],
  { newKey, elsewhere, ...given }: ProjectOptions & { readonly newKey: string; readonly elsewhere: () => string },
): ReadonlyMap<string, string> {
  // Each remembers what it has projected, so that the replies of a path cost its length together.
  const [underOld, underNew] = [given.hashKey, newKey].map((hashKey) => ({ ...given, hashKey, memory: new ProjectionMemory() }));
  const rebound = new Map<string, string>();
  const anew: Entry[] = [];
  for (const [at, entry] of path.entries()) {
    const reply = entry.kind === "message" ? entry.reply : undefined;
    if (reply?.prefixHash === undefined) {
      anew.push(entry);
      continue;
    }
    const isOfItsPlace = project(path.slice(0, at), underOld!).prefixHash === reply.prefixHash;
    const prefixHash = isOfItsPlace ? project(anew, underNew!).prefixHash : elsewhere();
    rebound.set(entry.id, prefixHash);
    anew.push({ ...entry, reply: { ...reply, prefixHash } } as Entry);
  }
  return rebound;
}

function copied(entry: Entry, ids: ReadonlyMap<string, string>, prefixHash: string | undefined): NewEntry {
  const { branchId: _branch, seq: _seq, ...rest } = entry;
  const own = { ...rest, id: ids.get(entry.id)! };
  if (own.kind === "boundary") return { ...own, boundary: renamed(own.boundary, ids) };
  if (own.kind !== "message" || own.reply === undefined) return own;
  const { disagreements } = own.reply;
  const reply: ReplyFacts = {
    ...own.reply,
    ...(prefixHash !== undefined && { prefixHash }),
    ...(disagreements && {
      disagreements: disagreements.map((one) => ({ ...one, ...(one.entryId && { entryId: ids.get(one.entryId)! }) })),
    }),
    copied: true,
  };
  return { ...own, reply };
}

/** A boundary that names the copies. An entry that is not on the path, as of an undo, has none, and keeps its name. */
function renamed(boundary: Boundary, ids: ReadonlyMap<string, string>): Boundary {
  const nameOf = (id: string): string => ids.get(id) ?? id;
  switch (boundary.type) {
    case "left-out":
    case "erase":
      return { ...boundary, entryIds: boundary.entryIds.map(nameOf) };
    case "superseded":
      return { ...boundary, entryId: nameOf(boundary.entryId) };
    case "compaction":
      return {
        ...boundary,
        throughEntryId: nameOf(boundary.throughEntryId),
        ...(boundary.reply && { reply: { ...boundary.reply, copied: true } }),
      };
    case "window":
      return { ...boundary, fromEntryId: nameOf(boundary.fromEntryId) };
    case "clear":
      return { ...boundary, ...(boundary.throughEntryId !== undefined && { throughEntryId: nameOf(boundary.throughEntryId) }) };
    case "restored":
      return { ...boundary, boundaryId: nameOf(boundary.boundaryId) };
    case "settings":
      return boundary;
    default:
      return boundary satisfies never;
  }
}
