import { describe, expect, it } from 'vitest';
import { BREAKAGES, registerBroken } from '../../test/support/broken-kernels.ts';
import { startBackend } from '../../test/support/tensorflow.ts';
import { NETWORK_KERNEL } from '../core/model/whole-network.ts';
import { supportedVariants } from './kernels.ts';
import { registerProven } from './proven.ts';
import { kernelHeapBytes, registerKernels } from './register.ts';

describe('registerProven', () => {
  it('takes the fastest variant where it works', async () => {
    const tf = await startBackend('wasm');
    const before = tf.memory().numTensors;
    expect(await registerProven(tf)).toBe(supportedVariants()[0]);
    expect(tf.getKernel(NETWORK_KERNEL, 'wasm')).toBeDefined();
    expect([tf.memory().numTensors, kernelHeapBytes()]).toEqual([before, 0]);
  });

  it.each(BREAKAGES)('goes on to the next variant when the first one is broken: %s', async (breakage) => {
    const tf = await startBackend('wasm');
    const register = async (variant: 'relaxed' | 'simd') => {
      await registerKernels('simd');
      if (variant === 'relaxed') await registerBroken(breakage);
    };
    expect(await registerProven(tf, ['relaxed', 'simd'], register)).toBe('simd');
    expect(tf.getKernel(NETWORK_KERNEL, 'wasm')).toBeDefined();
    expect(kernelHeapBytes()).toBe(0);
  });

  it.each(BREAKAGES)('leaves networks to tfjs when every variant is broken: %s', async (breakage) => {
    const tf = await startBackend('wasm');
    const register = async () => {
      await registerKernels('simd');
      await registerBroken(breakage);
    };
    expect(await registerProven(tf, ['relaxed', 'simd'], register)).toBe('stock');
    expect(tf.getKernel(NETWORK_KERNEL, 'wasm')).toBeUndefined();
    expect(kernelHeapBytes()).toBe(0);
  });
});
