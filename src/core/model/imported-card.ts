/** The card of a model folder that an import wrote: a published network with its weights, without a calibration. */
import * as v from 'valibot';
import { RESIZE_KERNELS } from '../image/resize-kernels.ts';
import { failure, type Result, success } from '../result.ts';
import { type CardFailure, goldenSchema } from './card.ts';
import { channelsAfter } from './channels.ts';
import { receptiveFieldOf } from './geometry.ts';
import { layerSchema } from './layer.ts';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(120));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const whole = v.pipe(v.number(), v.integer(), v.minValue(-65_535), v.maxValue(65_535));
const bytes = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

const preprocessing = v.object({
  resize: v.variant('mode', [
    v.object({ mode: v.literal('never') }),
    v.object({ mode: v.picklist(['short-side', 'exact']), sizePx: side, kernel: v.picklist(RESIZE_KERNELS) }),
  ]),
  centerCropPx: v.nullable(side),
});

const importedCard = v.object({
  schema: v.literal(1),
  kind: v.literal('imported'),
  /** The network's name, such as `xception_block2`. */
  name: text,
  backbone: text,
  /** The stage after which the head stands. */
  cut: text,
  family: text,
  layers: v.pipe(v.array(layerSchema), v.minLength(1), v.maxLength(200), v.readonly()),
  /** What each output of a patch stands for; a single one is the logit of `fake`. */
  classes: v.union([
    v.pipe(v.strictTuple([v.literal('fake')]), v.readonly()),
    v.pipe(v.strictTuple([v.literal('fake'), v.literal('real')]), v.readonly()),
    v.pipe(v.strictTuple([v.literal('real'), v.literal('fake')]), v.readonly()),
  ]),
  /** The pooling that its authors publish. */
  ensemble: v.picklist(['vote', 'beforeSoftmax', 'afterSoftmax']),
  preprocessing,
  receptiveField: v.object({ sizePx: side, stridePx: side, offsetPx: whole }),
  /** What the source did not say and the published runs decided. */
  assumptions: v.pipe(v.array(v.picklist(['network', 'class-order', 'sizes'])), v.maxLength(3), v.readonly()),
  /** The checkpoint that the weights come from. */
  source: v.object({ format: text, sha256: hash, sizeBytes: bytes(2 ** 34) }),
  weights: v.object({ file: v.literal('weights.safetensors'), sha256: hash, sizeBytes: bytes(2 ** 30) }),
  golden: goldenSchema,
});
export type ImportedCard = v.InferOutput<typeof importedCard>;

const refuse = (where: string, message: string) => failure<CardFailure>({ kind: 'bad-card', where, message });

/**
 * The imported card that `value` (parsed JSON) describes, or `bad-card` with the place and the reason, as `parseCard`;
 * its layers must end with one output a class.
 */
export function parseImportedCard(value: unknown): Result<ImportedCard, CardFailure> {
  const parsed = v.safeParse(importedCard, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return refuse(v.getDotPath(issue) ?? 'card', issue.message);
  }
  const { layers, classes, receptiveField, golden } = parsed.output;
  const end = channelsAfter(layers, 3);
  if (!end.ok) return refuse(end.failure.where, end.failure.message);
  if (end.value !== classes.length) {
    return refuse('layers', `ends with ${end.value} outputs for ${classes.length} classes`);
  }
  const derived = receptiveFieldOf(layers);
  if (
    derived.sizePx !== receptiveField.sizePx ||
    derived.stridePx !== receptiveField.stridePx ||
    derived.offsetPx !== receptiveField.offsetPx
  ) {
    return refuse('receptiveField', `layers have ${derived.sizePx} px at stride ${derived.stridePx} px`);
  }
  if (golden.logits.length !== golden.rows * golden.columns) return refuse('golden', 'grid of another size');
  return success(parsed.output);
}
