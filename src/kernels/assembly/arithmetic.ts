/** Vector arithmetic in the two variants that `scripts/build-kernels.mjs` compiles. */

// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  // One rounding instead of two, and one instruction where the processor has it.
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<f32>(a, b, sum);
  return v128.add<f32>(sum, v128.mul<f32>(a, b));
}

/** `pmin` and `pmax` are one instruction on x86; `min` and `max` take several to order NaN and signed zeros. */
// @ts-ignore: decorator
@inline
export function clamp(value: v128, low: v128, high: v128): v128 {
  return v128.pmin<f32>(v128.pmax<f32>(value, low), high);
}

// @ts-ignore: decorator
@inline
export function positive(value: v128): v128 {
  return v128.pmax<f32>(value, f32x4.splat(0));
}
