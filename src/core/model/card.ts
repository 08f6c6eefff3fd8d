/** The model card: everything about a detector but its weights, as data that is parsed before it is believed. */
import * as v from 'valibot';
import { failure, type Result, success } from '../result.ts';
import { calibrationProblem, calibrationSchema } from './calibration.ts';
import { evaluationSchema, failureClassesSchema, testedRangeSchema, trainedOnSchema } from './card-facts.ts';
import { channelsAfter } from './channels.ts';
import { receptiveFieldOf } from './geometry.ts';
import { layerSchema } from './layer.ts';

/** Grows whenever decoding, flattening, tiling or flatness change what the network sees: cached verdicts end. */
export const PREPROCESSING_VERSION = 1;

const finite = v.pipe(v.number(), v.finite());
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));
const word = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,39}$/i));
const sentence = v.pipe(v.string(), v.minLength(1), v.maxLength(300));

export type { Calibration } from './calibration.ts';
export type { Layer } from './layer.ts';

const cardLimits = v.object({
  /** Pictures with a shorter side are too small for a score. */
  minSidePx: side,
  /** An 8 x 8 px block whose luma spans at most this many levels is flat. */
  flatBlockSpread: v.pipe(v.number(), v.minValue(0), v.maxValue(255)),
  /** Below this share of blocks that are not flat, a picture is too flat for a score. */
  minTexturedShare: share,
  /** What this model does not know, one plain sentence each. */
  unknowns: v.pipe(v.array(sentence), v.maxLength(12)),
});

/** A known input with the logits that it must give. */
export const goldenSchema = v.object({
  input: v.object({ formula: v.literal('two-sines-1'), widthPx: side, heightPx: side, sum: finite }),
  rows: side,
  columns: side,
  logits: v.array(finite),
  tolerance: v.object({ absolute: v.pipe(finite, v.minValue(0)), relative: v.pipe(finite, v.minValue(0)) }),
});
export type Golden = v.InferOutput<typeof goldenSchema>;

const card = v.pipe(
  v.object({
    schema: v.literal(1),
    id: word,
    version: word,
    name: sentence,
    starter: v.boolean(),
    input: v.object({
      channels: v.literal('RGB'),
      range: v.tuple([v.literal(0), v.literal(255)]),
      resize: v.literal('never'),
      alpha: v.literal('over-white'),
    }),
    layers: v.pipe(v.array(layerSchema), v.minLength(1), v.maxLength(200)),
    receptiveField: v.object({ sizePx: side, stridePx: side, offsetPx: v.literal(0) }),
    weights: v.object({
      file: word,
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      sizeBytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64 * 2 ** 20)),
    }),
    calibration: calibrationSchema,
    limits: cardLimits,
    trainedOn: v.exactOptional(trainedOnSchema),
    testedRange: v.exactOptional(testedRangeSchema),
    failureClasses: v.exactOptional(failureClassesSchema),
    evaluation: v.exactOptional(evaluationSchema),
    golden: goldenSchema,
  }),
  v.check((value) => value.golden.logits.length === value.golden.rows * value.golden.columns, 'golden grid'),
);
export type ModelCard = v.InferOutput<typeof card>;

/** Why a card was refused: where in it, and what is wrong there. */
export interface CardFailure {
  kind: 'bad-card';
  where: string;
  message: string;
}

const refuse = (where: string, message: string) => failure<CardFailure>({ kind: 'bad-card', where, message });

/**
 * The card that `value` (parsed JSON) describes, or `bad-card` with the place and the reason: wrong shapes or
 * ranges, channels that do not fit from layer to layer, an output of more than one logit, or a receptive field
 * other than the one its layers have.
 */
export function parseCard(value: unknown): Result<ModelCard, CardFailure> {
  const parsed = v.safeParse(card, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return refuse(v.getDotPath(issue) ?? 'card', issue.message);
  }
  const problem = calibrationProblem(parsed.output.calibration);
  if (problem !== null) return refuse('card', problem);
  const end = channelsAfter(parsed.output.layers, 3);
  if (!end.ok) return refuse(end.failure.where, end.failure.message);
  if (end.value !== 1) return refuse('layers', `ends with ${end.value} channels instead of one logit`);
  const derived = receptiveFieldOf(parsed.output.layers);
  const stated = parsed.output.receptiveField;
  if (
    derived.sizePx !== stated.sizePx ||
    derived.stridePx !== stated.stridePx ||
    derived.offsetPx !== stated.offsetPx
  ) {
    return refuse('receptiveField', `layers have ${derived.sizePx} px at stride ${derived.stridePx} px`);
  }
  return success(parsed.output);
}

/** What a person should know where a score is shown, one sentence each: known failures, then what else is not known. */
export const limitsOf = ({ failureClasses = [], limits }: ModelCard): string[] => [
  ...failureClasses.map(({ what }) => what),
  ...limits.unknowns,
];

/** Names what a cached verdict depends on: model id, its version, and the preprocessing version. */
export const modelKey = (model: ModelCard): string =>
  `${model.id}@${model.version}/p${PREPROCESSING_VERSION}`;

/** P(generated) above which the model's answer is "generated" where figures need a yes or no. */
export const decisionThreshold = ({ calibration }: ModelCard): number =>
  calibration.decideAt ?? calibration.strongAt;
