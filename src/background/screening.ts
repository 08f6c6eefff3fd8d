/** From a document's images to states: refused, known, or queued. */
import { readRefusal } from '../core/net/address.ts';
import { answers } from '../core/score/second-opinion.ts';
import type { ImageState } from '../core/verdict.ts';
import { PACKAGED_CARDS } from '../platform/packaged-models.ts';
import type { EngineJob } from '../protocol/messages.ts';
import {
  type EngineInfo,
  type ImageRef,
  occasionOf,
  type Priority,
  type StateUpdate,
} from '../protocol/schemas.ts';
import type { Delivered } from './delivered.ts';
import type { KnownFrame } from './frames.ts';
import { knownByUrl } from './known-verdicts.ts';
import type { Queue } from './queue/queue.ts';
import type { Want } from './queue/rows.ts';

export interface Screening {
  frame: KnownFrame;
  images: readonly ImageRef[];
  effort: EngineJob['effort'];
  /** How urgent each image is, and whether the tab's scan or the document itself asks. */
  priority: (image: ImageRef) => Priority;
  by: 'frame' | 'scan';
}

export interface ScreeningEnvironment {
  queue: Queue;
  delivered: Delivered;
  engineInfo(): EngineInfo;
}

/** The strong model's card, or null while the engine cannot have it. */
const strongIn = ({ models }: EngineInfo) =>
  models.some(({ role, fault }) => role === 'strong' && fault !== null) ? null : PACKAGED_CARDS.strong;

const parsedUrl = (url: string): URL | null => (URL.canParse(url) ? new URL(url) : null);

/** The state of an image that needs no look at any store: refused by its address, or readable by nobody. */
function refusedAtOnce(image: ImageRef, page: URL | null): ImageState | null {
  if (image.url === null) return image.pageReadable ? null : { state: 'failed', reason: 'bad-scheme' };
  const parsed = parsedUrl(image.url);
  const reason = parsed === null ? 'bad-scheme' : readRefusal(parsed, page);
  return reason === null ? null : { state: 'failed', reason };
}

function wantFrom(screening: Screening, image: ImageRef): Want {
  const { frame, effort, by } = screening;
  const { tabId, frameId, documentId, pageUrl } = frame;
  const { id, generation, pageReadable, url } = image;
  const priority = screening.priority(image);
  const asked = by === 'frame' ? priority : null;
  const scanned = by === 'scan' ? priority : null;
  const subscriber = { tabId, frameId, documentId, id, generation, pageReadable, asked, scanned };
  return { subscriber, effort, url, pageUrl };
}

/**
 * The state of every image, in order: a refusal, a verdict that an unexpired address leads to (no request is
 * made), or `queued`/`running` with the rest to come as pushes. Queued ones are durable when this resolves; one
 * that was answered meanwhile is left out.
 */
export async function screen(
  screening: Screening,
  environment: ScreeningEnvironment,
): Promise<StateUpdate[]> {
  const { images, effort, frame } = screening;
  const { queue, delivered } = environment;
  const strong = strongIn(environment.engineInfo());
  const page = parsedUrl(frame.pageUrl);
  const states = images.map((image) => refusedAtOnce(image, page));
  const open = images.filter((image, index) => states[index] === null && image.url !== null);
  const known = await knownByUrl([...new Set(open.map(({ url }) => url ?? ''))]);
  for (const [index, image] of images.entries()) {
    const hit = image.url === null || states[index] !== null ? undefined : known.get(image.url);
    const occasion = occasionOf(screening.priority(image));
    if (hit !== undefined && answers(hit.verdict, { occasion, effort }, strong)) states[index] = hit.verdict;
  }
  const unknown = images.filter((_, index) => states[index] === null);
  const queued = (await queue.request(unknown.map((image) => wantFrom(screening, image)))).values();
  const updates = images.flatMap(({ id, generation }, index): StateUpdate[] => {
    const state = states[index] ?? queued.next().value;
    return state ? [{ id, generation, state }] : [];
  });
  delivered.note(frame, updates);
  return updates;
}
