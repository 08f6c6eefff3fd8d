/** What is known of a picture's JPEG quality after a chain of degradations. */
import type { DegradationChain } from './specification.ts';

/**
 * The quality 1..100 of a picture of `quality` (null: not known, no JPEG) after `chain`: the last step's where that is
 * `jpeg`, its own where nothing was done, else null. Qualities that a chain draws at random are not known.
 */
export function jpegQualityAfter({ steps }: DegradationChain, quality: number | null): number | null {
  const last = steps.at(-1);
  if (last?.kind === 'jpeg') return last.quality;
  return steps.every(({ kind }) => kind === 'none') ? quality : null;
}
