/** The part of a card that turns a mean patch logit into a probability, a word and what both rest on. */
import * as v from 'valibot';
import { calibrationDataSchema } from './calibration-data.ts';

const finite = v.pipe(v.number(), v.finite());
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e9));
const variance = v.pipe(v.number(), v.minValue(0), v.maxValue(1e6));
const sentence = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(120));

/** False alarms among real pictures at a threshold. */
const falseAlarms = v.strictObject({
  threshold: share,
  /** Share of real pictures at or above the threshold; of those that were used in several versions, the mean. */
  falsePositiveRate: share,
  images: count,
  /** Upper end of the 95 % Clopper-Pearson interval, for further pictures of the same sources: others can give more. */
  upper: share,
});
export type FalseAlarms = v.InferOutput<typeof falseAlarms>;

/** What was aimed at when `strongAt` was chosen, and what it does on the pictures it was chosen on. */
const operatingPoint = v.strictObject({
  /** False-positive rate that no threshold exceeds. */
  limit: share,
  overall: falseAlarms,
  /** The real source that needs the highest threshold, or what stands for several that are too small to say. */
  worstSource: v.strictObject({ source: name, ...falseAlarms.entries }),
  /** Real sources of fewer than 1 / `limit` pictures, which are judged together, if at all. */
  smallSources: v.exactOptional(v.strictObject({ sources: count, images: count })),
});
export type OperatingPoint = v.InferOutput<typeof operatingPoint>;

/** Pictures of like quality or size, with a threshold of their own. */
const bin = v.strictObject({
  of: v.picklist(['jpegQuality', 'shortSidePx']),
  /** `from` <= value < `below`. */
  from: v.pipe(finite, v.minValue(0)),
  below: v.pipe(finite, v.minValue(0)),
  real: count,
  fake: count,
  /** Never below `strongAt`; equal to it where the bin has too few pictures to say more. */
  strongAt: share,
});
export type CalibrationRange = v.InferOutput<typeof bin>;

/** One bar of the calibration diagram, classes weighing equally; predictions are for sources left out of the fit. */
const bar = v.strictObject({ lower: share, upper: share, count, meanPredicted: share, meanObserved: share });
export type DiagramBar = v.InferOutput<typeof bar>;

export const calibrationSchema = v.object({
  kind: v.literal('platt'),
  on: v.literal('mean patch logit'),
  /** P(generated) = 1 / (1 + exp(-(a * mean logit + b))). */
  a: finite,
  b: finite,
  /**
   * Isotonic fit in place of the line: mean logits and their P(generated), both ascending. Between
   * two knots log-odds are interpolated, beyond them they go on with slope `a`.
   */
  isotonic: v.exactOptional(
    v.pipe(v.array(v.strictTuple([finite, share])), v.minLength(2), v.maxLength(500)),
  ),
  /** Sampling covariance of (a, b), bootstrapped by source (`telltale calibrate`). */
  covariance: v.object({ aa: variance, bb: variance, ab: finite }),
  /** Typical variance of the mean logit between blocks of one receptive field within one picture. */
  blockVariance: variance,
  /** P from which signs are called strong. */
  strongAt: share,
  /** P from which Telltale is unsure. */
  unsureFrom: share,
  /** P above which "generated" is the better of two answers: for figures that need a yes or no; default `strongAt`. */
  decideAt: v.exactOptional(share),
  operatingPoint: v.exactOptional(operatingPoint),
  bins: v.exactOptional(v.pipe(v.array(bin), v.maxLength(40))),
  diagram: v.exactOptional(v.pipe(v.array(bar), v.maxLength(40))),
  /** Expected calibration error of the diagram. */
  calibrationError: v.exactOptional(share),
  fittedOn: sentence,
  /** The files it was fitted on. */
  data: v.exactOptional(calibrationDataSchema),
  note: sentence,
});
export type Calibration = v.InferOutput<typeof calibrationSchema>;

/** Why a calibration of the right shape is none, or null. */
export function calibrationProblem({
  unsureFrom,
  strongAt,
  covariance,
  isotonic,
}: Calibration): string | null {
  if (unsureFrom >= strongAt) return 'thresholds out of order';
  const { aa, bb, ab } = covariance;
  if (ab * ab > aa * bb) return 'covariance is not one';
  const rises = (isotonic ?? []).every(([logit, p], index) => {
    const before = isotonic?.[index - 1];
    return p > 0 && p < 1 && (before === undefined || (logit > before[0] && p > before[1]));
  });
  return rises ? null : 'isotonic knots do not rise';
}
