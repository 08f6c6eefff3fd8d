/** How well facts about files alone predict the label: what a detector would learn first, and nothing else. */
import type { JpegFacts } from '../image/jpeg-facts.ts';
import { bootstrapInterval } from '../metrics/bootstrap.ts';
import type { Interval } from '../metrics/clopper-pearson.ts';
import { balancedAccuracy, confusionAt } from '../metrics/confusion.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { type ProbabilitySet, readProbabilities } from '../metrics/score-set.ts';
import { failure, type Result, success } from '../result.ts';
import { fitBoostedTrees } from './boosted-trees.ts';
import type { Shape } from './file-facts.ts';
import { type MetadataKind, metadataColumns } from './metadata-table.ts';
import { foldsBySource } from './source-folds.ts';

const MOST_FOLDS = 5;
/** Mean of a bootstrap interval's ends moves by less than 0.01 above this. */
const RESAMPLES = 500;

export interface BaselinePicture {
  label: 'real' | 'fake';
  source: string;
  shape: Shape;
  jpeg: JpegFacts | null;
}

export interface MetadataBaseline {
  kinds: readonly MetadataKind[];
  /** Pictures that were predicted: all, or only JPEG files. */
  files: number;
  folds: number;
  balancedAccuracy: number;
  /** 95 %, bootstrapped over sources; null for a single source. */
  balancedAccuracyInterval: Interval | null;
  rocAuc: number;
  rocAucInterval: Interval | null;
}

/** `too-few-sources`: a class has fewer than two, so none can be left out. */
export type BaselineFailure = 'too-few-sources';

/**
 * Boosted trees on `kinds` of facts, predicting each picture from sources other than its own (up to five folds), fake
 * being positive and both classes weighing equally. Deterministic. Cost: pictures * columns * 1,500.
 */
export function metadataBaseline(
  pictures: readonly BaselinePicture[],
  kinds: readonly MetadataKind[],
): Result<MetadataBaseline, BaselineFailure> {
  const folds = Math.min(MOST_FOLDS, sourceCount(pictures, 'real'), sourceCount(pictures, 'fake'));
  const foldOf = folds < 2 ? null : foldsBySource(pictures, folds);
  if (foldOf === null) return failure('too-few-sources');
  const columns = metadataColumns(pictures, kinds);
  const labels = Uint8Array.from(pictures, ({ label }) => Number(label === 'fake'));
  const scores = new Float64Array(pictures.length);
  for (let fold = 0; fold < folds; fold++) {
    const [inside, outside] = [true, false].map((wanted) =>
      Uint32Array.from(pictures.keys()).filter((row) => (foldOf[row] === fold) === wanted),
    );
    if (inside === undefined || outside === undefined) continue;
    const predict = fitBoostedTrees({
      columns: columns.map((column) => rowsOf(column, outside)),
      labels: Uint8Array.from(outside, (row) => labels[row] ?? 0),
    });
    const predicted = predict?.(columns.map((column) => rowsOf(column, inside)));
    for (const [position, row] of inside.entries()) scores[row] = predicted?.[position] ?? 0.5;
  }
  const groups = pictures.map(({ label, source }) => `${label}/${source}`);
  const set = readProbabilities({ labels, scores, groups });
  if (!set.ok) throw new Error(`baseline cannot be measured: ${set.failure.kind}`);
  return success({ kinds, files: pictures.length, folds, ...measured(set.value) });
}

const sourceCount = (pictures: readonly BaselinePicture[], wanted: 'real' | 'fake'): number =>
  new Set(pictures.filter(({ label }) => label === wanted).map(({ source }) => source)).size;

const rowsOf = (column: Float64Array, rows: Uint32Array): Float64Array =>
  Float64Array.from(rows, (row) => column[row] ?? 0);

function measured(set: ProbabilitySet) {
  const accuracyOf = (sample: ProbabilitySet): number | null =>
    sample.positives === 0 || sample.negatives === 0 ? null : balancedAccuracy(confusionAt(sample, 0.5));
  const intervalOf = (statistic: (sample: ProbabilitySet) => number | null): Interval | null => {
    const interval = bootstrapInterval(set, statistic, { seed: 1, resamples: RESAMPLES });
    return interval.ok ? { lower: interval.value.lower, upper: interval.value.upper } : null;
  };
  return {
    balancedAccuracy: accuracyOf(set) ?? 0.5,
    balancedAccuracyInterval: intervalOf(accuracyOf),
    rocAuc: rocAuc(set) ?? 0.5,
    rocAucInterval: intervalOf(rocAuc),
  };
}
