/** What a network may run on: a variant of Telltale's WebAssembly kernels, or the kernels that tfjs brings along. */
export const KERNEL_KINDS = ['relaxed', 'simd', 'stock'] as const;
export type KernelKind = (typeof KERNEL_KINDS)[number];

/** Relaxed SIMD has a fused multiply-add; plain SIMD is everywhere. */
export type KernelVariant = Exclude<KernelKind, 'stock'>;
