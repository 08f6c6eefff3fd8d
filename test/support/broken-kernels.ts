/** Kernels of Telltale's name that fail in the ways in which kernels can. */
import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import { NETWORK_KERNEL, type NetworkKernel } from '../../src/core/model/whole-network.ts';

export type Breakage = 'wrong' | 'throws while it is built' | 'throws while it runs' | 'does not compile';
export const BREAKAGES: readonly Breakage[] = [
  'wrong',
  'throws while it is built',
  'throws while it runs',
  'does not compile',
];

/** Takes the place of the registered kernel with one that is broken; rejects where it should not even compile. */
export async function registerBroken(breakage: Breakage): Promise<void> {
  if (breakage === 'does not compile') throw new WebAssembly.CompileError('no such instruction');
  const real = getKernel(NETWORK_KERNEL, 'wasm') as KernelConfig & NetworkKernel;
  unregisterKernel(NETWORK_KERNEL, 'wasm');
  const broken: KernelConfig & NetworkKernel = {
    ...real,
    prepare: (layers, weights) => {
      if (breakage === 'throws while it is built') throw new RangeError('could not allocate memory');
      return real.prepare(layers, weights);
    },
    kernelFunc: (given) => {
      if (breakage === 'throws while it runs') throw new RangeError('failed to grow memory');
      const output = real.kernelFunc(given);
      const [first] = Array.isArray(output) ? output : [output];
      if (first === undefined) throw new Error('no output');
      const backend = given.backend as unknown as { typedArrayFromHeap: (tensor: unknown) => Float32Array };
      backend.typedArrayFromHeap(first)[3] = 77;
      return output;
    },
  };
  registerKernel(broken);
}
