/** The layer language: a network is a list of these, and everything about it follows from the list. */
import * as v from 'valibot';

const finite = v.pipe(v.number(), v.finite());
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));
const channels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));
const padding = v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)));
const dilation = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)));
const perChannel = v.tuple([finite, finite, finite]);
const spread = v.pipe(finite, v.minValue(1e-3));
const activation = v.optional(v.literal('relu'));
/** Prefix of the layer's tensors, such as `layer1.0.conv1`. */
const tensorPrefix = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,59}$/i));

/** Convolutions and pools use `floor((n + 2 padding - window) / stride) + 1` positions along a side, as PyTorch does. */
const leaves = [
  v.object({
    op: v.literal('conv'),
    name: tensorPrefix,
    in: channels,
    out: channels,
    kernel: side,
    stride: side,
    /** Zeros on every side. */
    padding,
    dilation,
    bias: v.boolean(),
    activation,
  }),
  /** One kernel a channel, stored as [channels, 1, height, width]. */
  v.object({
    op: v.literal('depthwiseConv'),
    name: tensorPrefix,
    channels,
    kernel: side,
    stride: side,
    padding,
    dilation,
    bias: v.boolean(),
    activation,
  }),
  v.object({ op: v.literal('relu') }),
  v.object({ op: v.literal('clamp'), min: finite, max: finite }),
  v.object({ op: v.literal('scale'), factor: finite }),
  /** (x / 255 - mean) / std, by channel. */
  v.object({ op: v.literal('normalize'), mean: perChannel, std: v.tuple([spread, spread, spread]) }),
  /** What lies outside the picture never is the maximum (PyTorch pads with minus infinity). */
  v.object({ op: v.literal('maxPool'), size: side, stride: side, padding }),
  v.object({ op: v.literal('averagePool'), size: side, stride: side }),
  /** Leaves out `margin` cells on every side. */
  v.object({ op: v.literal('crop'), margin: side }),
  /** NPR: every cell minus the top left one of its 2 x 2 square, times `factor`; an odd last row or column is dropped. */
  v.object({ op: v.literal('nearestResidual'), factor: finite }),
  /** SAFE: diagonal band of the one-level bior1.3 wavelet transform (symmetric border), enlarged to the input's size. */
  v.object({ op: v.literal('diagonalBand') }),
] as const;

const leaf = v.variant('op', leaves);
type Leaf = v.InferOutput<typeof leaf>;

type Inner = v.GenericSchema<unknown, Layer>;
const sequence = (inner: Inner, least: number) =>
  v.pipe(v.array(inner), v.minLength(least), v.maxLength(200));
const residual = (inner: Inner) =>
  v.object({ op: v.literal('residual'), main: sequence(inner, 1), skip: sequence(inner, 0) });
const concat = (inner: Inner) =>
  v.object({
    op: v.literal('concat'),
    branches: v.pipe(v.array(sequence(inner, 0)), v.minLength(2), v.maxLength(8)),
  });

type Tree<L> =
  | L
  | { op: 'residual'; main: Tree<L>[]; skip: Tree<L>[] }
  | { op: 'concat'; branches: Tree<L>[][] };

/** One step of a network, ready to run. Branches start from the same input; an empty one hands it on. */
export type Layer = Tree<Leaf>;

/** Training's normalisation, which import folds into the convolution before it. */
export interface BatchNorm {
  op: 'batchNorm';
  name: string;
  channels: number;
}

/** One step of a network as it was trained. */
export type SourceLayer = Tree<Leaf | BatchNorm>;

// Branches within branches are allowed one level deep: it bounds the recursion over a hostile card.
const nested = v.variant('op', [...leaves, residual(leaf), concat(leaf)]);
export const layerSchema = v.variant('op', [...leaves, residual(nested), concat(nested)]);

/** The branches of a layer that has some, in the order in which their channels are joined; null for any other layer. */
export function branchesOf(layer: Layer): Layer[][] | null;
export function branchesOf(layer: SourceLayer): SourceLayer[][] | null;
export function branchesOf(layer: SourceLayer): SourceLayer[][] | null {
  if (layer.op === 'residual') return [layer.main, layer.skip];
  return layer.op === 'concat' ? layer.branches : null;
}

/** Number of cells that a kernel of `kernel` cells with `dilation` reaches over. */
export const dilatedSize = (kernel: number, dilation = 1): number => (kernel - 1) * dilation + 1;
