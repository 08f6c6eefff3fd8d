/** Gradient-boosted decision trees for a handful of columns: the strongest simple learner on facts about files. */

export interface TrainingTable {
  /** One array a feature, each with a value a row; any finite numbers. */
  columns: readonly Float64Array[];
  /** 1 or 0 a row. */
  labels: Uint8Array;
}

/** P(label 1) 0..1 of every row of columns laid out as in training. */
export type Predictor = (columns: readonly Float64Array[]) => Float64Array;

const ROUNDS = 100;
const DEPTH = 3;
const LEARNING_RATE = 0.1;
const MOST_BINS = 64;
/** Added to the second derivative of a leaf, as XGBoost's lambda (Chen and Guestrin 2016, equation 5). */
const RIDGE = 1;
/** Weight below which a leaf is not split off. */
const LEAST_LEAF_WEIGHT = 3;

type Tree = { value: number } | { column: number; threshold: number; low: Tree; high: Tree };

interface Fit {
  table: TrainingTable;
  cuts: readonly Float64Array[];
  bins: readonly Uint8Array[];
  gradients: Float64Array;
  curvatures: Float64Array;
}

/**
 * Trees fitted to the log-loss with both classes weighing equally: 100 of depth 3, learning rate 0.1. Nothing is drawn
 * at random. Null when a class is missing. Cost: rows * columns * 300.
 */
export function fitBoostedTrees(table: TrainingTable): Predictor | null {
  const { columns, labels } = table;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const weights = Float64Array.from(
    labels,
    (label) => labels.length / 2 / (label === 1 ? positives : negatives),
  );
  const cuts = columns.map(cutsOf);
  const bins = columns.map((column, index) => binned(column, cuts[index] ?? new Float64Array()));
  const gradients = new Float64Array(labels.length);
  const curvatures = new Float64Array(labels.length);
  const scores = new Float64Array(labels.length);
  const rows = Uint32Array.from(labels, (_, row) => row);
  const trees: Tree[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of rows) {
      const p = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
      const weight = weights[row] ?? 0;
      gradients[row] = weight * (p - (labels[row] ?? 0));
      curvatures[row] = weight * p * (1 - p);
    }
    const tree = grow({ table, cuts, bins, gradients, curvatures }, rows, DEPTH);
    trees.push(tree);
    addTree(tree, columns, scores);
  }
  return (given) => {
    const sums = new Float64Array(given[0]?.length ?? 0);
    for (const tree of trees) addTree(tree, given, sums);
    return sums.map((sum) => 1 / (1 + Math.exp(-sum)));
  };
}

function addTree(tree: Tree, columns: readonly Float64Array[], scores: Float64Array): void {
  for (let row = 0; row < scores.length; row++) {
    let node = tree;
    while ('column' in node) {
      node = (columns[node.column]?.[row] ?? 0) <= node.threshold ? node.low : node.high;
    }
    scores[row] = (scores[row] ?? 0) + node.value;
  }
}

/** Up to 63 values that divide a column into bins of about equally many rows; a row lies in the bin of `value <= cut`. */
function cutsOf(column: Float64Array): Float64Array {
  const sorted = column.slice().sort();
  const cuts = new Set<number>();
  for (let cut = 1; cut < MOST_BINS; cut++) {
    cuts.add(sorted[Math.floor((cut * sorted.length) / MOST_BINS)] ?? 0);
  }
  // A cut at the largest value would leave nothing above it.
  cuts.delete(sorted.at(-1) ?? 0);
  return Float64Array.from(cuts).sort();
}

function binned(column: Float64Array, cuts: Float64Array): Uint8Array {
  return Uint8Array.from(column, (value) => {
    let bin = 0;
    while (bin < cuts.length && value > (cuts[bin] ?? 0)) bin++;
    return bin;
  });
}

function grow(fit: Fit, rows: Uint32Array, depth: number): Tree {
  const total = sumOver(fit, rows);
  const split = depth === 0 ? null : bestSplit(fit, rows, total);
  if (split === null) return { value: (-LEARNING_RATE * total.gradient) / (total.curvature + RIDGE) };
  const bins = fit.bins[split.column];
  const low = rows.filter((row) => (bins?.[row] ?? 0) <= split.bin);
  const high = rows.filter((row) => (bins?.[row] ?? 0) > split.bin);
  return {
    column: split.column,
    threshold: fit.cuts[split.column]?.[split.bin] ?? 0,
    low: grow(fit, low, depth - 1),
    high: grow(fit, high, depth - 1),
  };
}

interface Sums {
  gradient: number;
  curvature: number;
  count: number;
}

function sumOver({ gradients, curvatures }: Fit, rows: Uint32Array): Sums {
  let [gradient, curvature] = [0, 0];
  for (const row of rows) {
    gradient += gradients[row] ?? 0;
    curvature += curvatures[row] ?? 0;
  }
  return { gradient, curvature, count: rows.length };
}

/** The split that lowers the loss most, by its second-order approximation; the first of equally good ones, or null. */
function bestSplit(fit: Fit, rows: Uint32Array, total: Sums): { column: number; bin: number } | null {
  let best: { column: number; bin: number } | null = null;
  let bestGain = 1e-9;
  for (const [column, cuts] of fit.cuts.entries()) {
    const histogram = histogramOf(fit, rows, column);
    const below = { gradient: 0, curvature: 0, count: 0 };
    for (let bin = 0; bin < cuts.length; bin++) {
      below.gradient += histogram.gradients[bin] ?? 0;
      below.curvature += histogram.curvatures[bin] ?? 0;
      below.count += histogram.counts[bin] ?? 0;
      if (below.count < LEAST_LEAF_WEIGHT || total.count - below.count < LEAST_LEAF_WEIGHT) continue;
      const gain = gainOf(below, total);
      if (gain > bestGain) {
        bestGain = gain;
        best = { column, bin };
      }
    }
  }
  return best;
}

function histogramOf({ bins, gradients, curvatures }: Fit, rows: Uint32Array, column: number) {
  const histogram = {
    gradients: new Float64Array(MOST_BINS),
    curvatures: new Float64Array(MOST_BINS),
    counts: new Uint32Array(MOST_BINS),
  };
  const binOf = bins[column];
  for (const row of rows) {
    const bin = binOf?.[row] ?? 0;
    histogram.gradients[bin] = (histogram.gradients[bin] ?? 0) + (gradients[row] ?? 0);
    histogram.curvatures[bin] = (histogram.curvatures[bin] ?? 0) + (curvatures[row] ?? 0);
    histogram.counts[bin] = (histogram.counts[bin] ?? 0) + 1;
  }
  return histogram;
}

function gainOf(below: Sums, total: Sums): number {
  const above = total.gradient - below.gradient;
  return (
    below.gradient ** 2 / (below.curvature + RIDGE) +
    above ** 2 / (total.curvature - below.curvature + RIDGE) -
    total.gradient ** 2 / (total.curvature + RIDGE)
  );
}
