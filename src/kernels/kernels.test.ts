import { setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import { supportedVariants } from './kernels.ts';

it('prefers relaxed SIMD where there is any', () => {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  expect(supportedVariants()).toEqual(['relaxed', 'simd']);
});
