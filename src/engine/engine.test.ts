import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BREAKAGES, type Breakage, registerBroken } from '../../test/support/broken-kernels.ts';
import { weightsOf } from '../../test/support/packaged.ts';
import { startBackend } from '../../test/support/tensorflow.ts';
import { failure, success } from '../core/result.ts';
import type { KernelKind } from '../kernels/kinds.ts';
import { kernelHeapBytes, registerKernels, type Threads } from '../kernels/register.ts';
import { PACKAGED_CARDS } from '../platform/packaged-models.ts';
import { startEngine } from './engine.ts';

const broken = new Map<KernelKind, Breakage>();
/** Kernels that are started without being offered to tfjs. */
const silent = new Set<KernelKind>();
const started: (KernelKind | `${KernelKind} shared`)[] = [];

/** tfjs in Node instead of in the browser; all variants are the plain one, which every Node has. */
vi.mock('./backends.ts', () => ({
  startWebGpu: async () => failure({ reason: 'no-adapter' }),
  startWasm: async (kernels: KernelKind, threads: Threads | null) => {
    started.push(threads === null ? kernels : `${kernels} shared`);
    if (threads !== null) throw new RangeError('could not allocate memory');
    await startBackend('wasm');
    if (kernels !== 'stock' && !silent.has(kernels)) await registerKernels('simd');
    const breakage = broken.get(kernels);
    if (breakage !== undefined) await registerBroken(breakage);
    return success({ name: 'wasm', kernels, lost: new Promise(() => undefined) });
  },
}));
vi.mock('../kernels/kernels.ts', async (original) => ({
  ...(await original<typeof import('../kernels/kernels.ts')>()),
  supportedVariants: () => ['relaxed', 'simd'],
}));

const model = { card: PACKAGED_CARDS.fast, weights: weightsOf('fast') };
const start = () => startEngine(model, { prefer: 'webgpu', allowFallbackAdapter: false });

beforeEach(() => {
  broken.clear();
  silent.clear();
  started.length = 0;
});

describe('the engine on WASM', () => {
  it('takes the fastest kernels', async () => {
    const engine = await start();
    if (!engine.ok) throw new Error(engine.failure.reason);
    expect(engine.value).toMatchObject({
      backend: 'wasm',
      kernels: 'relaxed',
      note: { reason: 'no-adapter', backend: 'webgpu' },
    });
    expect(started).toEqual(['relaxed']);
    expect(kernelHeapBytes()).toBeGreaterThan(0);
    engine.value.network.dispose();
  });

  it('goes on without threads when there is no shared memory left', async () => {
    vi.stubGlobal('crossOriginIsolated', true);
    vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
    const engine = await start();
    vi.unstubAllGlobals();
    if (!engine.ok) throw new Error(engine.failure.reason);
    expect(started).toEqual(['relaxed shared', 'simd shared', 'relaxed']);
    engine.value.network.dispose();
  });

  it('names the kernels that the network runs on, whatever was started', async () => {
    silent.add('relaxed');
    const engine = await start();
    if (!engine.ok) throw new Error(engine.failure.reason);
    expect(engine.value.kernels).toBe('stock');
    engine.value.network.dispose();
  });

  it.each(BREAKAGES)('goes on to the plain variant when the first is broken: %s', async (breakage) => {
    broken.set('relaxed', breakage);
    const engine = await start();
    if (!engine.ok) throw new Error(engine.failure.reason);
    expect(engine.value.kernels).toBe('simd');
    engine.value.network.dispose();
    expect(kernelHeapBytes()).toBe(0);
  });

  it.each(BREAKAGES)('goes on to tfjs’s kernels when both are broken: %s', async (breakage) => {
    broken.set('relaxed', breakage).set('simd', breakage);
    const engine = await start();
    if (!engine.ok) throw new Error(engine.failure.reason);
    expect(engine.value.kernels).toBe('stock');
    expect(started).toEqual(['relaxed', 'simd', 'stock']);
    expect(kernelHeapBytes()).toBe(0);
    engine.value.network.dispose();
  });

  it('fails with the last fault when nothing gives the golden logits', async () => {
    const [first = 0, ...logits] = PACKAGED_CARDS.fast.golden.logits;
    const golden = { ...PACKAGED_CARDS.fast.golden, logits: [first + 1, ...logits] };
    const engine = await startEngine(
      { ...model, card: { ...PACKAGED_CARDS.fast, golden } },
      { prefer: 'wasm', allowFallbackAdapter: false },
    );
    expect(engine).toEqual(failure({ reason: 'wrong-result', detail: '1.0' }));
    expect(kernelHeapBytes()).toBe(0);
  });
});
