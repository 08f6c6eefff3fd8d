/** The one place where a number becomes a word. */
import type { Calibration } from '../model/card.ts';
import type { Level } from '../verdict.ts';

/**
 * The level of a score: `strong` when even the lower end of the band reaches `strongAt`; `some` when only the score
 * does; `none` when the score is below `unsureFrom` and even the upper end of the band below `strongAt`;
 * `unsure` otherwise. Borders belong to the more suspicious side.
 */
export function levelOf(
  probability: number,
  band: readonly [number, number],
  { strongAt, unsureFrom }: Pick<Calibration, 'strongAt' | 'unsureFrom'>,
): Level {
  if (probability >= strongAt) return band[0] >= strongAt ? 'strong' : 'some';
  return probability < unsureFrom && band[1] < strongAt ? 'none' : 'unsure';
}
