/** Chooses kernels where no model is at hand to prove them: against tfjs's own, on a small network of every step that counts. */
import type { Layer } from '../core/model/layer.ts';
import { buildLayers, type OutputGrid, type TensorFlow } from '../core/model/network.ts';
import type { Weights, WeightTensor } from '../core/model/safetensors.ts';
import { supportedVariants } from './kernels.ts';
import type { KernelKind, KernelVariant } from './kinds.ts';
import { registerKernels, unregisterKernels } from './register.ts';

/** Gathered, by tiles, depthwise within a 1x1, a sum, a pool, and a head. */
const LAYERS: readonly Layer[] = [
  { op: 'normalize', mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  { op: 'conv', name: 'a', in: 3, out: 8, kernel: 3, stride: 1, padding: 1, bias: false, activation: 'relu' },
  { op: 'conv', name: 'b', in: 8, out: 8, kernel: 3, stride: 1, padding: 1, bias: false, activation: 'relu' },
  {
    op: 'residual',
    main: [
      { op: 'depthwiseConv', name: 'c', channels: 8, kernel: 3, stride: 1, padding: 1, bias: false },
      { op: 'conv', name: 'd', in: 8, out: 8, kernel: 1, stride: 1, bias: false },
    ],
    skip: [],
  },
  { op: 'maxPool', size: 3, stride: 2, padding: 1 },
  { op: 'conv', name: 'e', in: 8, out: 1, kernel: 1, stride: 1, bias: false },
];
const SHAPES = { a: [8, 3, 3, 3], b: [8, 8, 3, 3], c: [8, 1, 3, 3], d: [8, 8, 1, 1], e: [1, 8, 1, 1] };
const SIDE_PX = 18;
/** Of the largest value; kernels that work stay a hundred times closer. */
const TOLERANCE = 1e-3;

/**
 * Registers the fastest of `variants` that compiles, runs and computes what tfjs computes on `tf`'s `wasm` backend, and
 * returns it; `stock`, with nothing registered, where none does.
 */
export async function registerProven(
  tf: TensorFlow,
  variants = supportedVariants(),
  register: (variant: KernelVariant) => Promise<unknown> = registerKernels,
): Promise<KernelKind> {
  unregisterKernels();
  const expected = await outputOf(tf);
  for (const variant of variants) {
    try {
      await register(variant);
      if (agree(await outputOf(tf), expected)) return variant;
    } catch {
      // No memory, or an engine that refuses the binary: the next one may be luckier.
    }
    unregisterKernels();
  }
  return 'stock';
}

async function outputOf(tf: TensorFlow): Promise<OutputGrid> {
  const built = buildLayers(tf, LAYERS, weightsOf(SHAPES));
  if (!built.ok) throw new Error(built.failure.message);
  const rgb = Float32Array.from({ length: SIDE_PX ** 2 * 3 }, (_, index) => (index * 89) % 256);
  try {
    return await built.value.run(rgb, SIDE_PX, SIDE_PX);
  } finally {
    built.value.dispose();
  }
}

const weightsOf = (shapes: Record<string, number[]>): Weights =>
  new Map(
    Object.entries(shapes).map(([name, shape], seed): [string, WeightTensor] => {
      const length = shape.reduce((product, side) => product * side, 1);
      const values = Float32Array.from({ length }, (_, index) => Math.sin(12.9898 * index + seed) / 3);
      return [`${name}.weight`, { shape, values }];
    }),
  );

function agree(found: OutputGrid, expected: OutputGrid): boolean {
  const scale = expected.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (
    found.values.length === expected.values.length &&
    expected.values.every(
      (value, index) => Math.abs((found.values[index] ?? Number.NaN) - value) <= TOLERANCE * scale,
    )
  );
}
