import { afterEach, describe, expect, it, vi } from 'vitest';
import { supportedVariants } from '../kernels/kernels.ts';
import { unregisterKernels } from '../kernels/register.ts';
import type { StartHelper } from '../kernels/team.ts';
import { startBackend } from './backend.ts';

afterEach(() => {
  unregisterKernels();
  vi.unstubAllGlobals();
});

const startHelper: StartHelper = () => ({ post: () => undefined, terminate: () => undefined });

describe('the wasm backend', () => {
  it.each(['there is', 'there is no'])('runs on our kernels where %s memory to share', async (there) => {
    let asked = 0;
    class Memory extends WebAssembly.Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        if (descriptor.shared === true) asked += 1;
        if (descriptor.shared === true && there === 'there is no') throw new RangeError('could not allocate');
        super(descriptor);
      }
    }
    vi.stubGlobal('WebAssembly', Object.create(WebAssembly, { Memory: { value: Memory } }));
    const started = await startBackend('wasm', { startHelper, most: 2 });
    expect(started).toMatchObject({ ok: true, value: { name: 'wasm', kernels: supportedVariants()[0] } });
    expect(asked).toBe(there === 'there is' ? 1 : supportedVariants().length);
  });
});
