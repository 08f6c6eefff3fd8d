/** A model folder whose network is one small convolution: brighter pictures get higher scores, in no time. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { goldenInput } from '../../src/core/model/golden.ts';
import { writeSafetensors } from '../../src/core/model/safetensors-writer.ts';
import { exampleCard } from './example-card.ts';

const KERNEL = 3;
const GOLDEN = { formula: 'two-sines-1' as const, widthPx: 12, heightPx: 10, sum: 0 };

/** Writes the folder; a mean sample of `middle` gets the logit 0, every 16 levels more of it one more. */
export function writeTinyModel(folder: string, { id = 'tiny', version = '1', middle = 128 } = {}): void {
  const taps = KERNEL * KERNEL * 3;
  const weights = new Map([
    ['c.weight', { shape: [1, 3, KERNEL, KERNEL], values: new Float32Array(taps).fill(1 / 16 / taps) }],
    ['c.bias', { shape: [1], values: Float32Array.of(-middle / 16) }],
  ]);
  const bytes = writeSafetensors(weights);
  const rgb = goldenInput({ input: GOLDEN });
  const [rows, columns] = [GOLDEN.heightPx - KERNEL + 1, GOLDEN.widthPx - KERNEL + 1];
  const logits = Array.from({ length: rows * columns }, (_, index) => {
    let sum = 0;
    for (let tap = 0; tap < KERNEL * KERNEL; tap++) {
      const y = Math.floor(index / columns) + Math.floor(tap / KERNEL);
      const x = (index % columns) + (tap % KERNEL);
      for (let channel = 0; channel < 3; channel++) sum += rgb[(y * GOLDEN.widthPx + x) * 3 + channel] ?? 0;
    }
    return sum / taps / 16 - middle / 16;
  });
  const card = {
    ...exampleCard,
    id,
    version,
    name: 'Tiny',
    layers: [{ op: 'conv', name: 'c', in: 3, out: 1, kernel: KERNEL, stride: 1, bias: true }],
    receptiveField: { sizePx: KERNEL, stridePx: 1, offsetPx: 0 },
    weights: {
      file: 'weights.safetensors',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.byteLength,
    },
    limits: { ...exampleCard.limits, minSidePx: 8 },
    golden: {
      input: { ...GOLDEN, sum: rgb.reduce((total, value) => total + value, 0) },
      rows,
      columns,
      logits,
      tolerance: { absolute: 1e-3, relative: 1e-3 },
    },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'weights.safetensors'), bytes);
  writeFileSync(path.join(folder, 'card.json'), JSON.stringify(card));
}
