import { setFlagsFromString } from 'node:v8';
import { describe, expect, it, vi } from 'vitest';
import { startBackend } from '../../test/support/tensorflow.ts';
import { channelsAfter } from '../core/model/channels.ts';
import type { Layer } from '../core/model/layer.ts';
import { buildLayers, type OutputGrid } from '../core/model/network.ts';
import { aligned } from './arena.ts';
import { CASES, conv, noise, pointwise, weightsFor, widen } from './cases.testing.ts';
import { CONVOLVE, ENTRY_BYTES, OPERATION, WINOGRAD } from './descriptor.ts';
import { compileKernels, supportedVariants } from './kernels.ts';
import type { KernelVariant } from './kinds.ts';
import { createMachine, type PictureSize } from './machine.ts';
import { planFor, sizePlan } from './plan.ts';
import { kernelHeapBytes, registerKernels } from './register.ts';

async function outputOf(
  backend: 'wasm' | KernelVariant,
  layers: readonly Layer[],
  [height, width]: readonly [number, number],
) {
  const tf = await startBackend('wasm');
  if (backend !== 'wasm') await registerKernels(backend);
  const built = buildLayers(tf, layers, weightsFor(layers));
  if (!built.ok) throw new Error(JSON.stringify(built.failure));
  const picture = noise(height * width * 3, 5).map((value) => Math.round((value + 1) * 127));
  expect(kernelHeapBytes() > 0).toBe(backend !== 'wasm');
  try {
    return await built.value.run(picture, height, width);
  } finally {
    built.value.dispose();
    expect(kernelHeapBytes()).toBe(0);
  }
}

/** Largest difference as a share of the largest value. */
function distance(found: OutputGrid, expected: OutputGrid): number {
  expect([found.rows, found.columns, found.channels]).toEqual([
    expected.rows,
    expected.columns,
    expected.channels,
  ]);
  const scale = expected.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return expected.values.reduce(
    (most, value, index) => Math.max(most, Math.abs((found.values[index] ?? Number.NaN) - value) / scale),
    0,
  );
}

/** A machine for `layers`, and a way to fill its memory with NaN, its constants and its table of steps excepted. */
async function poisonable(variant: KernelVariant, layers: readonly Layer[]) {
  const plan = planFor(layers, weightsFor(layers));
  if (plan === null) throw new Error('no plan');
  const module = await compileKernels(variant);
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536 });
  const Given = function Given() {
    return memory;
  };
  vi.stubGlobal('WebAssembly', Object.create(WebAssembly, { Memory: { value: Given } }));
  const machine = createMachine(module, plan);
  vi.unstubAllGlobals();
  const poison = (size: PictureSize) => {
    const nan = (from: number, to: number) =>
      new Float32Array(memory.buffer, from, (to - from) / 4).fill(Number.NaN);
    nan(plan.scratchAddress, plan.constantsAddress);
    nan(aligned(plan.constantsAddress + plan.constants.sizeBytes), sizePlan(plan, size).programAddress);
  };
  return { machine, poison };
}

/** Operations of the steps of `layers` for a picture of `side * side`. */
function operationsOf(layers: readonly Layer[], side: number): number[] {
  const plan = planFor(layers, weightsFor(layers));
  if (plan === null) throw new Error('no plan');
  const { program, programAddress, schedule, entries } = sizePlan(plan, { rows: side, columns: side });
  const wordAt = (address: number) => program[(address - programAddress) / 4] ?? Number.NaN;
  return Array.from({ length: entries }, (_, index) =>
    wordAt(wordAt(schedule + index * ENTRY_BYTES) + OPERATION),
  );
}

describe('a plan for a size', () => {
  const layers = [...widen(8), conv(8, 8), pointwise(8, 1)];

  it.each([
    // Results of 16 x 16 and 8 x 8 are whole tiles; most of the tiles of 5 x 5 lies outside, and 3 x 3 is less than one.
    [18, WINOGRAD],
    [10, WINOGRAD],
    [7, CONVOLVE],
    [5, CONVOLVE],
  ])('of %i px computes 3x3 convolutions by operation %i', (side, expected) => {
    expect(operationsOf(layers, side)).toEqual([CONVOLVE, expected, CONVOLVE]);
  });
});

// Node 20 has relaxed SIMD behind a flag only.
if (!supportedVariants().includes('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');

describe.each(['relaxed', 'simd'] as const)('the %s kernels depend on nothing', (variant) => {
  it.each(Object.keys(CASES))('that memory held before: %s', async (name) => {
    const { machine, poison } = await poisonable(variant, CASES[name] ?? []);
    for (const size of [
      { rows: 21, columns: 8 },
      { rows: 17, columns: 19 },
    ]) {
      const picture = noise(size.rows * size.columns * 3, 5);
      const { values } = machine.run(size, picture);
      expect(values.every(Number.isFinite)).toBe(true);
      poison(size);
      expect(machine.run(size, picture).values).toEqual(values);
    }
  });
});

describe.each(['relaxed', 'simd'] as const)('the %s kernels compute what tfjs computes', (variant) => {
  describe.each(Object.keys(CASES))('%s', (name) => {
    // One cell a row, rows that end inside a tile, and several blocks of cells.
    it.each([
      [17, 19],
      [12, 9],
      [21, 8],
      [40, 37],
    ] as const)('at %d x %d', async (height, width) => {
      const layers = CASES[name] ?? [];
      expect(channelsAfter(layers, 3).ok).toBe(true);
      const expected = await outputOf('wasm', layers, [height, width]);
      const found = await outputOf(variant, layers, [height, width]);
      expect(distance(found, expected)).toBeLessThan(1e-5);
    });
  });
});
