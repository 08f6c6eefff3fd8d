/** How a threshold does on sources that had no part in choosing it. */
import { operatingPoint } from '../metrics/operating-point.ts';
import { byName } from './breakdown.ts';
import { probabilitiesOf, type ScoredItem } from './sample.ts';

export interface LeftOutGroup {
  label: 'real' | 'fake';
  n: number;
  /** Chosen on all other groups; null when they lack a class or no score keeps the false alarms within the target. */
  threshold: number | null;
  /**
   * Share of the group at or above that threshold: false alarms of a real group, finds of a fake one. 0 where no score
   * keeps the target, because nothing may be flagged then; null when the others lack a class.
   */
  flagged: number | null;
}

export interface GroupOut {
  /** Rate of false alarms that every threshold was chosen for. */
  falsePositiveTarget: number;
  /** Over all pictures, each at the threshold of its own group. */
  falsePositiveRate: number | null;
  recall: number | null;
  balancedAccuracy: number | null;
  /** Groups whose others have no score that keeps the target: nothing of them is flagged. */
  withoutThreshold: number;
  /** By `real: <source>` and `generated: <family>`, or its source where no family is known. */
  groups: Record<string, LeftOutGroup>;
}

const groupName = (item: ScoredItem): string =>
  item.label === 'real' ? `real: ${item.source}` : `generated: ${item.family ?? item.source}`;

/** For each group, the threshold at `falsePositiveTarget` (0..1) on all others, and what it does to the group. */
export function measureGroupOut(items: readonly ScoredItem[], falsePositiveTarget: number): GroupOut {
  const groups = byName(items, groupName, (own) => leftOut(items, own, falsePositiveTarget));
  const rateOf = (label: 'real' | 'fake'): number | null => {
    const measured = Object.values(groups).filter((group) => group.label === label && group.flagged !== null);
    const n = measured.reduce((sum, group) => sum + group.n, 0);
    return n === 0 ? null : measured.reduce((sum, group) => sum + group.n * (group.flagged ?? 0), 0) / n;
  };
  const [recall, alarms] = [rateOf('fake'), rateOf('real')];
  return {
    falsePositiveTarget,
    falsePositiveRate: alarms,
    recall,
    balancedAccuracy: recall === null || alarms === null ? null : (recall + 1 - alarms) / 2,
    withoutThreshold: Object.values(groups).filter(
      ({ threshold, flagged }) => threshold === null && flagged !== null,
    ).length,
    groups,
  };
}

function leftOut(items: readonly ScoredItem[], own: readonly ScoredItem[], target: number): LeftOutGroup {
  const mine = new Set(own);
  const others = probabilitiesOf(items.filter((item) => !mine.has(item)));
  const point = others && operatingPoint(others, target);
  const threshold = point?.threshold ?? null;
  const reached = threshold === null ? 0 : own.filter((item) => item.pFake >= threshold).length;
  return {
    label: own[0]?.label ?? 'real',
    n: own.length,
    threshold,
    flagged: point === null ? null : reached / own.length,
  };
}
