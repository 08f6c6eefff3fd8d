/** How a threshold does on sources that had no part in choosing it. */
import { bootstrapIntervals } from '../metrics/bootstrap.ts';
import { clopperPearson } from '../metrics/clopper-pearson.ts';
import { confusionAt, falsePositiveRate, truePositiveRate } from '../metrics/confusion.ts';
import { operatingPoint } from '../metrics/operating-point.ts';
import type { ProbabilitySet } from '../metrics/score-set.ts';
import { byName } from './breakdown.ts';
import { RESAMPLING } from './overall.ts';
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
  /** 95 %, Clopper-Pearson. */
  flaggedInterval: [number, number] | null;
}

/** Figures over all groups together. */
type GroupOutFigure = 'falsePositiveRate' | 'recall' | 'balancedAccuracy';

export interface GroupOut {
  /** Rate of false alarms that every threshold was chosen for. */
  falsePositiveTarget: number;
  /** Over all pictures, each at the threshold of its own group. */
  falsePositiveRate: number | null;
  recall: number | null;
  balancedAccuracy: number | null;
  /** 95 %, percentile bootstrap over sources, thresholds staying as they were chosen; null as in `Overall`. */
  intervals: Record<GroupOutFigure, [number, number] | null>;
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
  const decided = items.flatMap((item) => {
    const { threshold = null, flagged = null } = groups[groupName(item)] ?? {};
    return flagged === null
      ? []
      : [{ ...item, pFake: Number(threshold !== null && item.pFake >= threshold) }];
  });
  const set = probabilitiesOf(decided);
  const found = set && bootstrapIntervals(set, STATISTICS, RESAMPLING);
  const intervalOf = (name: GroupOutFigure): [number, number] | null =>
    found?.[name].ok ? [found[name].value.lower, found[name].value.upper] : null;
  return {
    falsePositiveTarget,
    falsePositiveRate: set && STATISTICS.falsePositiveRate(set),
    recall: set && STATISTICS.recall(set),
    balancedAccuracy: set && STATISTICS.balancedAccuracy(set),
    intervals: {
      falsePositiveRate: intervalOf('falsePositiveRate'),
      recall: intervalOf('recall'),
      balancedAccuracy: intervalOf('balancedAccuracy'),
    },
    withoutThreshold: Object.values(groups).filter(
      ({ threshold, flagged }) => threshold === null && flagged !== null,
    ).length,
    groups,
  };
}

/** Of pictures whose score has become 1 for flagged and 0 for not. */
const STATISTICS: Record<GroupOutFigure, (decided: ProbabilitySet) => number | null> = {
  falsePositiveRate: (decided) => falsePositiveRate(confusionAt(decided, 0.5)),
  recall: (decided) => truePositiveRate(confusionAt(decided, 0.5)),
  balancedAccuracy: (decided) => {
    const confusion = confusionAt(decided, 0.5);
    const [recall, alarms] = [truePositiveRate(confusion), falsePositiveRate(confusion)];
    return recall === null || alarms === null ? null : (recall + 1 - alarms) / 2;
  },
};

function leftOut(items: readonly ScoredItem[], own: readonly ScoredItem[], target: number): LeftOutGroup {
  const mine = new Set(own);
  const others = probabilitiesOf(items.filter((item) => !mine.has(item)));
  const point = others && operatingPoint(others, target);
  const threshold = point?.threshold ?? null;
  const reached = threshold === null ? 0 : own.filter((item) => item.pFake >= threshold).length;
  const interval = point === null ? null : clopperPearson(reached, own.length);
  return {
    label: own[0]?.label ?? 'real',
    n: own.length,
    threshold,
    flagged: point === null ? null : reached / own.length,
    flaggedInterval: interval && [interval.lower, interval.upper],
  };
}
