/** Chooses and compiles the variant of the kernels that this WebAssembly engine can run. */
import type { KernelVariant } from './kinds.ts';

/** (module (func (result v128) (i32.const 0) (i8x16.splat))), and the same result from `f32x4.relaxed_madd` of three. */
const PROBES: Record<KernelVariant, Uint8Array<ArrayBuffer>> = {
  simd: probe([0x41, 0, 0xfd, 0x0f]),
  relaxed: probe([0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02]),
};

/** A module with one function that returns a vector. */
function probe(code: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = [0, ...code, 0x0b];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const types = [1, 5, 1, 0x60, 0, 1, 0x7b];
  const functions = [3, 2, 1, 0];
  return Uint8Array.from([...header, ...types, ...functions, 10, body.length + 2, 1, body.length, ...body]);
}

/** The variants that run here, the fastest first; none where there is no SIMD. */
export function supportedVariants(): KernelVariant[] {
  return (['relaxed', 'simd'] as const).filter((variant) => WebAssembly.validate(PROBES[variant]));
}

/** The kernels of `variant`, compiled; `shared` for a memory that threads share. */
export async function compileKernels(variant: KernelVariant, shared = false): Promise<WebAssembly.Module> {
  const { KERNELS } = await (shared ? SHARED : ALONE)[variant]();
  return WebAssembly.compile(Uint8Array.from(atob(KERNELS), (character) => character.charCodeAt(0)));
}

type Load = () => Promise<{ KERNELS: string }>;
const ALONE: Record<KernelVariant, Load> = {
  relaxed: () => import('./generated/relaxed.ts'),
  simd: () => import('./generated/simd.ts'),
};
const SHARED: Record<KernelVariant, Load> = {
  relaxed: () => import('./generated/relaxed-shared.ts'),
  simd: () => import('./generated/simd-shared.ts'),
};
