/** How many threads infer a picture. */
import { MOST_THREADS } from '../kernels/team.ts';
import type { Priority } from '../protocol/schemas.ts';

/** Somebody waits for this very picture. */
const AWAITED: ReadonlySet<Priority> = new Set(['click', 'hover']);

/**
 * Threads for the next picture when `busy` other workers are at work on a machine of `cores` logical processors: a scan has
 * a worker on every processor but one, each with one thread, and only a picture that somebody waits for, while nothing
 * else is screened, gets several.
 */
export function threadsFor({
  priority,
  busy,
  cores,
}: {
  priority: Priority;
  busy: number;
  cores: number;
}): number {
  return AWAITED.has(priority) && busy === 0 ? Math.max(1, Math.min(cores, MOST_THREADS)) : 1;
}
