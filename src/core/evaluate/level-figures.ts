/** Shares of pictures that reach the card's threshold for signs, or get its highest level. */
import { clopperPearson } from '../metrics/clopper-pearson.ts';
import type { ProbabilitySet } from '../metrics/score-set.ts';
import type { Level } from '../verdict.ts';
import type { Sample } from './sample.ts';

/** Levels of scores at or over `strongAt`; `strong` also has its whole band there. */
export const OVER_STRONG: readonly Level[] = ['strong', 'some'];
/** Family-wise, over all sources: the worst of many is high by chance alone. */
const CONFIDENCE = 0.95;

/** 1 beside the sample's items of those levels, else 0: typed, because resamples ask thousands of times. */
export const flagsOf = ({ items }: Sample, levels: readonly Level[]): Uint8Array =>
  Uint8Array.from(items, ({ level }) => Number(level !== null && levels.includes(level)));

/** Share of flagged pictures among those of one `label`, or among all (null); null where there are none. */
export function flaggedShare(flags: Uint8Array, set: ProbabilitySet, label: 0 | 1 | null): number | null {
  let [counted, found] = [0, 0];
  for (let place = 0; place < set.indices.length; place++) {
    if (label !== null && set.labels[place] !== label) continue;
    counted++;
    found += flags[set.indices[place] ?? 0] ?? 0;
  }
  return counted === 0 ? null : found / counted;
}

export interface WorstShare {
  share: number;
  /**
   * Clopper-Pearson's for that source, at 95 % for all sources together (Bonferroni). Drawing whole sources again
   * instead could never give a higher worst one than the data has.
   */
  interval: [number, number] | null;
}

/** The highest share of flagged pictures among the real ones of one source; of equal ones the smallest source's. */
export function worstShare({ realSources, realSourceOf, set }: Sample, flags: Uint8Array): WorstShare | null {
  const counts = realSources.map(() => ({ all: 0, flagged: 0 }));
  for (let place = 0; place < set.indices.length; place++) {
    const index = set.indices[place] ?? 0;
    const count = counts[realSourceOf[index] ?? 0];
    if (set.labels[place] === 1 || count === undefined) continue;
    count.all++;
    count.flagged += flags[index] ?? 0;
  }
  const [worst] = counts.toSorted(
    (left, right) => right.flagged / right.all - left.flagged / left.all || left.all - right.all,
  );
  if (worst === undefined) return null;
  const range = clopperPearson(worst.flagged, worst.all, 1 - (1 - CONFIDENCE) / counts.length);
  return { share: worst.flagged / worst.all, interval: range && [range.lower, range.upper] };
}
