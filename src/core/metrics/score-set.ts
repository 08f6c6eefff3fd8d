import { failure, type Result, success } from '../result.ts';

/**
 * Labelled scores, checked once and sorted by descending score, so that every metric is one pass. Label 1 is fake,
 * the positive class throughout; a higher score means "more likely fake".
 */
export interface ScoreSet {
  /** Descending; any finite number (probability or logit). */
  readonly scores: Float64Array;
  /** 0 or 1, beside `scores`. */
  readonly labels: Uint8Array;
  /**
   * Beside `scores`: 0..groupCount - 1 by the sorted names, whatever the order of the samples; equal for samples that are
   * not independent (one source image, one source).
   */
  readonly groups: Uint32Array;
  /** Beside `scores`: the sample's place in the order given, for what else is known of it. */
  readonly indices: Uint32Array;
  readonly groupCount: number;
  readonly positives: number;
  readonly negatives: number;
}

/** Scores that are probabilities of fake, 0..1: what calibration metrics and a threshold of 0.5 need. */
export interface ProbabilitySet extends ScoreSet {
  readonly scale: 'probability';
}

export interface LabelledScores {
  /** 1 or `true` for fake, 0 or `false` for real. */
  labels: ArrayLike<number | boolean>;
  scores: ArrayLike<number>;
  /** What the bootstrap resamples together, such as the source image's name; default: every sample on its own. */
  groups?: ArrayLike<string | number>;
}

/** Why labelled scores cannot be measured; `index` counts from 0 in the order given. */
export type ScoreSetFailure =
  | { kind: 'empty' }
  | { kind: 'lengths-differ'; labels: number; scores: number; groups: number }
  | { kind: 'label-not-binary'; index: number }
  | { kind: 'score-not-finite'; index: number }
  | { kind: 'score-not-probability'; index: number };

/**
 * The checked, sorted set of labelled scores on any scale. Fails when empty, of differing lengths, or with a label
 * other than 0/1 or a score that is not a finite number; never drops a sample. Cost n log n.
 */
export function readScores(input: LabelledScores): Result<ScoreSet, ScoreSetFailure> {
  const problem = problemOf(input);
  return problem === undefined ? success(sortedSet(input)) : failure(problem);
}

/** As `readScores`, and fails with `score-not-probability` for a score outside 0..1. */
export function readProbabilities(input: LabelledScores): Result<ProbabilitySet, ScoreSetFailure> {
  const set = readScores(input);
  if (!set.ok) return set;
  for (let index = 0; index < input.scores.length; index++) {
    const score = input.scores[index] ?? Number.NaN;
    if (!(score >= 0 && score <= 1)) return failure({ kind: 'score-not-probability', index });
  }
  return success({ ...set.value, scale: 'probability' });
}

/**
 * The set with the classes exchanged and scores negated: metrics of it have *real* as their positive class, which
 * is how the patch-forensics code reports average precision.
 */
export function withRealAsPositive(set: ScoreSet): ScoreSet {
  return {
    scores: set.scores.map((score) => -score).reverse(),
    labels: set.labels.map((label) => 1 - label).reverse(),
    groups: set.groups.toReversed(),
    indices: set.indices.toReversed(),
    groupCount: set.groupCount,
    positives: set.negatives,
    negatives: set.positives,
  };
}

function problemOf({ labels, scores, groups }: LabelledScores): ScoreSetFailure | undefined {
  const groupCount = groups?.length ?? scores.length;
  if (labels.length !== scores.length || groupCount !== scores.length) {
    return { kind: 'lengths-differ', labels: labels.length, scores: scores.length, groups: groupCount };
  }
  if (scores.length === 0) return { kind: 'empty' };
  for (let index = 0; index < scores.length; index++) {
    const label = labels[index];
    if (label !== 0 && label !== 1 && label !== false && label !== true)
      return { kind: 'label-not-binary', index };
    if (!Number.isFinite(scores[index])) return { kind: 'score-not-finite', index };
  }
  return undefined;
}

function sortedSet({ labels, scores, groups }: LabelledScores): ScoreSet {
  const names = groups === undefined ? null : Array.from(groups, String);
  const numbers = new Map([...new Set(names)].sort().map((name, number) => [name, number]));
  const groupOf = (index: number): number =>
    names === null ? index : (numbers.get(names[index] ?? '') ?? 0);
  // Equal scores go by label and group: sums over a set are then the same to the last digit in any order given.
  const descending = Uint32Array.from({ length: scores.length }, (_, index) => index).sort(
    (left, right) =>
      (scores[right] ?? 0) - (scores[left] ?? 0) ||
      Number(labels[left]) - Number(labels[right]) ||
      groupOf(left) - groupOf(right),
  );
  const sortedLabels = Uint8Array.from(descending, (index) => Number(labels[index]));
  const positives = sortedLabels.reduce((sum, label) => sum + label, 0);
  return {
    scores: Float64Array.from(descending, (index) => scores[index] ?? 0),
    labels: sortedLabels,
    groups: descending.map(groupOf),
    indices: descending,
    groupCount: names === null ? scores.length : numbers.size,
    positives,
    negatives: sortedLabels.length - positives,
  };
}
