import type { ScoreSet } from './score-set.ts';

/**
 * The ROC AUC of each category of fakes against all reals, 0..1, null for one without fakes or when there are no reals.
 * `categories` belongs to the samples in the order that the set was made of (`indices`): 0..count - 1, ignored for reals.
 * One pass over the set.
 */
export function categoryAucs(set: ScoreSet, categories: ArrayLike<number>, count: number): (number | null)[] {
  const ordered = new Float64Array(count);
  const fakes = new Uint32Array(count);
  let realsAbove = 0;
  let start = 0;
  while (start < set.scores.length) {
    let end = start;
    let tied = 0;
    while (end < set.scores.length && set.scores[end] === set.scores[start]) {
      if (set.labels[end] === 0) tied++;
      end++;
    }
    const beaten = set.negatives - realsAbove - tied / 2;
    for (let index = start; index < end; index++) {
      if (set.labels[index] === 0) continue;
      const category = categories[set.indices[index] ?? 0] ?? 0;
      ordered[category] = (ordered[category] ?? 0) + beaten;
      fakes[category] = (fakes[category] ?? 0) + 1;
    }
    realsAbove += tied;
    start = end;
  }
  return Array.from(fakes, (number, category) =>
    number === 0 || set.negatives === 0 ? null : (ordered[category] ?? 0) / (number * set.negatives),
  );
}

/**
 * Mean over the categories that are `counted` (true at their place) and have fakes, each counting alike however many it
 * has; null when no AUC is defined.
 */
export function meanCategoryAuc(
  set: ScoreSet,
  categories: ArrayLike<number>,
  counted: readonly boolean[],
): number | null {
  const aucs = categoryAucs(set, categories, counted.length).filter(
    (auc, category) => auc !== null && counted[category] === true,
  );
  return aucs.length === 0 ? null : aucs.reduce<number>((sum, auc) => sum + (auc ?? 0), 0) / aucs.length;
}
