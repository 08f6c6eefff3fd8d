/** The order of images in lists and reports. */
import { type ImageState, LEVELS, type Level } from '../verdict.ts';

/** Scores come first, whatever they are; then what was looked at in vain, then what could not be read. */
const STATE_RANK: Record<ImageState['state'], number> = {
  scored: 0,
  abstained: 1,
  failed: 2,
  running: 3,
  queued: 4,
};
const UNSEEN_RANK = 5;

const rankOf = (state: ImageState | null) => (state ? STATE_RANK[state.state] : UNSEEN_RANK);

/**
 * A copy of `rows`, most suspicious first: scored by falling probability, then abstentions, failures,
 * running, waiting, not asked. Equals keep their order.
 */
export function bySuspicion<Row extends { state: ImageState | null }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => {
    const byRank = rankOf(a.state) - rankOf(b.state);
    if (byRank !== 0 || a.state?.state !== 'scored' || b.state?.state !== 'scored') return byRank;
    return b.state.probability - a.state.probability;
  });
}

export interface Tally {
  levels: Record<Level, number>;
  scored: number;
  /** Scored `strong` or `some`. */
  flagged: number;
  abstained: number;
  failed: number;
  /** Failed because the browser withholds the image's site. */
  notAllowed: number;
  /** Queued, running. */
  waiting: number;
  /** Nobody asked for them. */
  unseen: number;
}

/** How many of `rows` are in which state. */
export function tally(rows: readonly { state: ImageState | null }[]): Tally {
  const levels = Object.fromEntries(LEVELS.map((level) => [level, 0])) as Record<Level, number>;
  const result: Tally = {
    levels,
    scored: 0,
    flagged: 0,
    abstained: 0,
    failed: 0,
    notAllowed: 0,
    waiting: 0,
    unseen: 0,
  };
  for (const { state } of rows) {
    if (state === null) result.unseen++;
    else if (state.state === 'scored') {
      result.scored++;
      levels[state.level]++;
    } else if (state.state === 'abstained') result.abstained++;
    else if (state.state === 'failed') {
      result.failed++;
      if (state.reason === 'not-allowed') result.notAllowed++;
    } else result.waiting++;
  }
  result.flagged = levels.strong + levels.some;
  return result;
}
