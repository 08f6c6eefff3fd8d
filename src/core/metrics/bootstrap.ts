import { randomFrom } from '../random.ts';
import { failure, type Result, success } from '../result.ts';
import type { Interval } from './clopper-pearson.ts';
import type { ScoreSet } from './score-set.ts';

export interface BootstrapOptions {
  /** Any 32-bit integer; the same seed gives the same interval. */
  seed: number;
  /** Default 1000. */
  resamples?: number;
  /** Default 0.95. */
  confidence?: number;
}

export interface BootstrapInterval extends Interval {
  /** Resamples in which the statistic was defined; the others, say without a fake, were left out. */
  defined: number;
  resamples: number;
}

/**
 * `one-group`: nothing varies between resamples, or not this statistic, of which a single group says all.
 * `undefined-statistic`: null in more than half of them.
 */
export type BootstrapFailure = 'one-group' | 'undefined-statistic';

/**
 * Percentile bootstrap interval of a statistic, drawing the set's groups (not samples) with replacement, because
 * patches and re-encodings of one picture are not independent. Groups of reals, of fakes and of both are drawn apart, as many
 * as there are of each, so that the balance of classes is the set's own. Deterministic, whatever the order of samples. Throws `RangeError` on options that are
 * no count, seed or level. Cost: resamples * (n + the statistic's own cost).
 */
export function bootstrapInterval<Samples extends ScoreSet>(
  set: Samples,
  statistic: (resample: Samples) => number | null,
  options: BootstrapOptions,
): Result<BootstrapInterval, BootstrapFailure> {
  return bootstrapIntervals(set, { statistic }, options).statistic;
}

/** The same of several statistics on the same resamples. */
export function bootstrapIntervals<Samples extends ScoreSet, Name extends string>(
  set: Samples,
  statistics: Readonly<Record<Name, (resample: Samples) => number | null>>,
  options: BootstrapOptions,
): Record<Name, Result<BootstrapInterval, BootstrapFailure>> {
  const { seed, resamples = 1000, confidence = 0.95 } = options;
  if (!Number.isSafeInteger(seed)) throw new RangeError(`no seed: ${seed}`);
  if (!Number.isSafeInteger(resamples) || resamples < 1)
    throw new RangeError(`no resample count: ${resamples}`);
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`no confidence level: ${confidence}`);
  const names = Object.keys(statistics) as Name[];
  const found = names.map((name) => ({ name, statistic: statistics[name], values: [] as number[] }));
  const random = randomFrom(seed);
  const strata = strataOf(set);
  for (let resample = 0; resample < resamples && set.groupCount >= 2; resample++) {
    const drawn = resampled(set, drawGroups(strata, set.groupCount, random));
    for (const { statistic, values } of found) {
      const value = statistic(drawn);
      if (value !== null) values.push(value);
    }
  }
  const hasSingle = strata.some((groups) => groups.length === 1);
  const interval = (values: readonly number[]) =>
    set.groupCount < 2 || (hasSingle && isConstant(values))
      ? failure('one-group' as const)
      : percentiles(values, { resamples, confidence });
  const intervals = found.map(({ name, values }) => [name, interval(values)] as const);
  return Object.fromEntries(intervals) as Record<Name, Result<BootstrapInterval, BootstrapFailure>>;
}

function percentiles(
  values: readonly number[],
  { resamples, confidence }: { resamples: number; confidence: number },
): Result<BootstrapInterval, BootstrapFailure> {
  if (values.length * 2 < resamples) return failure('undefined-statistic');
  const sorted = Float64Array.from(values).sort();
  const tail = (1 - confidence) / 2;
  return success({
    lower: quantile(sorted, tail),
    upper: quantile(sorted, 1 - tail),
    defined: values.length,
    resamples,
  });
}

const isConstant = (values: readonly number[]): boolean =>
  values.length > 0 && values.every((value) => value === values[0]);

/** The groups of reals only, of fakes only and of both, where there are any. */
function strataOf({ groups, labels, groupCount }: ScoreSet): number[][] {
  const classes = new Uint8Array(groupCount);
  groups.forEach((group, index) => {
    classes[group] = (classes[group] ?? 0) | (labels[index] === 1 ? 2 : 1);
  });
  const strata = [1, 2, 3].map((kind) =>
    Array.from(classes.keys()).filter((group) => classes[group] === kind),
  );
  return strata.filter((groups) => groups.length > 0);
}

/** How often each group was drawn when each stratum draws as many of its groups as it has. */
function drawGroups(
  strata: readonly (readonly number[])[],
  count: number,
  random: () => number,
): Uint32Array {
  const times = new Uint32Array(count);
  for (const groups of strata) {
    for (let draw = 0; draw < groups.length; draw++) {
      const group = groups[Math.floor(random() * groups.length)] ?? 0;
      times[group] = (times[group] ?? 0) + 1;
    }
  }
  return times;
}

/** The set with each sample repeated as often as its group was drawn; walking in order keeps it sorted. */
function resampled<Samples extends ScoreSet>(set: Samples, times: Uint32Array): Samples {
  const size = set.groups.reduce((sum, group) => sum + (times[group] ?? 0), 0);
  const scores = new Float64Array(size);
  const labels = new Uint8Array(size);
  const groups = new Uint32Array(size);
  const indices = new Uint32Array(size);
  let positives = 0;
  let end = 0;
  for (let index = 0; index < set.scores.length; index++) {
    const group = set.groups[index] ?? 0;
    const start = end;
    end += times[group] ?? 0;
    if (end === start) continue;
    const label = set.labels[index] ?? 0;
    scores.fill(set.scores[index] ?? 0, start, end);
    labels.fill(label, start, end);
    groups.fill(group, start, end);
    indices.fill(set.indices[index] ?? 0, start, end);
    positives += label * (end - start);
  }
  return { ...set, scores, labels, groups, indices, positives, negatives: size - positives };
}

/** Linear interpolation between order statistics, as numpy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below] ?? 0;
  return lower + (position - below) * ((sorted[below + 1] ?? lower) - lower);
}
