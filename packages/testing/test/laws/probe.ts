import { playTurn } from "./play-turn.ts";
import type { World } from "./world.ts";

/** A person can go on from where things stand: a branch of its own there, and a message. `everywhere`: from every third entry of every branch. */
export async function probe(world: World, { everywhere = false } = {}): Promise<void> {
  const { conversationId } = world.trace;
  const { branches } = (await world.store.open(conversationId))!;
  const acting = branches.filter(({ id }) => everywhere || id === world.conversation.branchId);
  for (const { id, tipSeq } of acting.filter((branch) => !world.probes.has(branch.id))) {
    const path = await world.path(id);
    const places = path.filter(({ seq }, at) => seq === tipSeq || (everywhere && at % 3 === 2));
    for (const { id: entryId, seq } of places.filter((entry) => !world.probed.has(entry.id))) {
      world.probed.add(entryId);
      await goOnFrom(world, id, seq);
    }
  }
}

async function goOnFrom(world: World, parentBranchId: string, forkSeq: number): Promise<void> {
  const { conversationId } = world.trace;
  const branchId = `probe-${world.nextId()}`;
  await world.store.fork({ conversationId, branchId, parentBranchId, forkSeq, createdAt: 0 });
  world.probes.add(branchId);
  const conversation = await world.bystander.chat.open(conversationId, branchId);
  const says = "Can I go on?";
  await playTurn(world, { step: "probe", process: world.bystander, conversation, begin: () => conversation.send(says), answers: [], says });
}
