import type { ScoreSet } from './score-set.ts';

/** Decisions of the rule "score > threshold is fake" against the labels. */
export interface Confusion {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

/** Counts at a fixed threshold; strictly greater, so an undecided 0.5 is not an accusation. */
export function confusionAt(set: ScoreSet, threshold: number): Confusion {
  let truePositives = 0;
  let falsePositives = 0;
  for (let index = 0; index < set.scores.length && (set.scores[index] ?? 0) > threshold; index++) {
    if (set.labels[index] === 1) truePositives++;
    else falsePositives++;
  }
  return {
    truePositives,
    falsePositives,
    trueNegatives: set.negatives - falsePositives,
    falseNegatives: set.positives - truePositives,
  };
}

const share = (part: number, rest: number): number | null =>
  part + rest === 0 ? null : part / (part + rest);

/** Share of fakes that were flagged, 0..1; null without fakes. */
export const truePositiveRate = (confusion: Confusion): number | null =>
  share(confusion.truePositives, confusion.falseNegatives);

/** Share of reals that were flagged, 0..1; null without reals. */
export const falsePositiveRate = (confusion: Confusion): number | null =>
  share(confusion.falsePositives, confusion.trueNegatives);

/** Share of right decisions, 0..1; null when nothing was decided. */
export const accuracy = (confusion: Confusion): number | null =>
  share(
    confusion.truePositives + confusion.trueNegatives,
    confusion.falsePositives + confusion.falseNegatives,
  );

/** Mean recall of the classes that are present, 0..1, as scikit-learn; null when nothing was decided. */
export function balancedAccuracy(confusion: Confusion): number | null {
  const recalls = [
    truePositiveRate(confusion),
    share(confusion.trueNegatives, confusion.falsePositives),
  ].filter((recall) => recall !== null);
  return recalls.length === 0 ? null : recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}
