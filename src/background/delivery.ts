/** Pushing states to the documents that asked. */
import type { FrameAddress } from '../platform/transports.ts';
import type { StateUpdate } from '../protocol/schemas.ts';
import { ask, PUSH_LIMIT_MS } from './content-link.ts';
import type { Delivered } from './delivered.ts';
import type { Delivery } from './queue/queue.ts';
import { sameFrame } from './queue/rows.ts';

/** Deliveries by document, one message each. */
export function byFrame(deliveries: readonly Delivery[]): { frame: FrameAddress; states: StateUpdate[] }[] {
  const groups: { frame: FrameAddress; states: StateUpdate[] }[] = [];
  for (const { subscriber, state } of deliveries) {
    const { tabId, frameId, documentId, id, generation } = subscriber;
    let group = groups.find(({ frame }) => sameFrame(frame, subscriber));
    if (group === undefined) {
      group = { frame: { tabId, frameId, documentId }, states: [] };
      groups.push(group);
    }
    group.states.push({ id, generation, state });
  }
  return groups;
}

/** Pushes states to one document and notes them; false when the document is gone. */
export async function push(
  frame: FrameAddress,
  states: StateUpdate[],
  delivered: Delivered,
): Promise<boolean> {
  delivered.note(frame, states);
  const answer = await ask(frame, 'image.states', { states }, PUSH_LIMIT_MS);
  return answer.kind !== 'gone';
}
