/** What a card tells people about its model: facts that no computation needs, but `testedRange`. */
import * as v from 'valibot';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e9));
const sentence = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(120));
const sentences = v.pipe(v.array(sentence), v.maxLength(40));

/** Least and most, both included. */
const range = (least: number, most: number) => {
  const end = v.pipe(v.number(), v.minValue(least), v.maxValue(most));
  return v.pipe(
    v.strictTuple([end, end]),
    v.check(([from, to]) => from <= to, 'range out of order'),
  );
};

/** What the model learned from, and what it never saw, one line each. */
export const trainedOnSchema = v.strictObject({ on: sentences, notOn: sentences });

/**
 * Inputs that the published figures cover; outside, a score is shown with a remark. A range that is not stated is not
 * checked.
 */
export const testedRangeSchema = v.strictObject({
  /** Nearest setting of libjpeg, 1..100; other containers are never outside. */
  jpegQuality: v.exactOptional(range(1, 100)),
  /** Both sides of the picture. */
  sidePx: v.exactOptional(range(1, 65_535)),
  /** Share of 8 x 8 px blocks that are not flat. */
  texturedShare: v.exactOptional(range(0, 1)),
});
export type TestedRange = v.InferOutput<typeof testedRangeSchema>;

export const FAILURE_CLASSES = [
  'illustration',
  'screenshot',
  'heavy-jpeg',
  'tiny',
  'upscaled',
  'other',
] as const;

/** Kinds of pictures on which the model is known to fail, each with what happens. */
export const failureClassesSchema = v.pipe(
  v.array(v.strictObject({ kind: v.picklist(FAILURE_CLASSES), what: sentence })),
  v.maxLength(20),
);

/** A measured share with its 95 % interval; null where there is none. */
const figure = v.strictObject({ value: share, interval: v.nullable(v.strictTuple([share, share])) });
export type CardFigure = v.InferOutput<typeof figure>;

/** Figures of one version of the test pictures; null where one is undefined. */
const condition = v.strictObject({
  /** `none` for the pictures as they are. */
  degradation: name,
  real: count,
  fake: count,
  meanGeneratorAuc: v.nullable(figure),
  rocAuc: v.nullable(figure),
  balancedAccuracy: v.nullable(figure),
  tprAt1Fpr: v.nullable(figure),
  /** Real pictures at or over `strongAt`, whatever their band: those of the worst source. Absent in older cards. */
  worstOverStrongFalsePositiveRate: v.exactOptional(v.nullable(figure)),
  /** Generated pictures at or over `strongAt`. Absent in older cards. */
  overStrongRecall: v.exactOptional(v.nullable(figure)),
  /** Real pictures called "strong", whose whole band is there: those of the worst source. */
  worstStrongFalsePositiveRate: v.nullable(figure),
  ece: v.nullable(figure),
});

const generator = v.strictObject({
  name,
  n: count,
  rocAuc: v.nullable(share),
  recall: v.nullable(figure),
});
const realSource = v.strictObject({
  name,
  n: count,
  falsePositiveRate: v.nullable(figure),
  /** At or over `strongAt`. Absent in older cards. */
  overStrongFalsePositiveRate: v.exactOptional(v.nullable(figure)),
});

export const evaluationSchema = v.strictObject({
  /** Which pictures, and how they relate to those of the training. */
  on: sentence,
  /** P from which a picture counts as flagged in `recall` and `falsePositiveRate`. */
  threshold: share,
  conditions: v.pipe(v.array(condition), v.minLength(1), v.maxLength(60)),
  /** Of the pictures as they are. */
  generators: v.pipe(v.array(generator), v.maxLength(500)),
  realSources: v.pipe(v.array(realSource), v.maxLength(500)),
});
export type CardEvaluation = v.InferOutput<typeof evaluationSchema>;
