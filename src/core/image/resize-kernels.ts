/**
 * Pillow's resampling kernels and their fixed-point weights (`src/libImaging/Resample.c`, Pillow 9.4), so that a
 * network sees the pixels it was trained on.
 */

export const RESIZE_KERNELS = ['lanczos', 'bicubic', 'bilinear', 'box'] as const;
export type ResizeKernel = (typeof RESIZE_KERNELS)[number];

/** Fractional bits of a weight: 32 less 8 for the pixel and 2 for overshoot, `PRECISION_BITS` in Resample.c. */
export const WEIGHT_BITS = 22;

/** For each output position: where its run of input samples starts, how long it is, and the weights of that run. */
export interface ResampleWeights {
  starts: Int32Array;
  counts: Int32Array;
  /** `[outputs, stride]`, row-major, scaled by `2 ** WEIGHT_BITS`; only the first `counts[i]` of a row are used. */
  weights: Int32Array;
  stride: number;
}

/** One axis of a resize. `first` and `count` choose the outputs that are wanted among `outputSize`. */
export interface ResampleAxis {
  inputSize: number;
  outputSize: number;
  first: number;
  count: number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Keys' cubic convolution with a = -0.5, in Pillow's order of operations. */
function cubic(x: number): number {
  const distance = Math.abs(x);
  if (distance < 1) return (1.5 * distance - 2.5) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * -0.5;
  return 0;
}

/** The half-open ends are Pillow's: a box sample exactly between two outputs belongs to the left one. */
const KERNELS: Record<ResizeKernel, { support: number; weightAt: (x: number) => number }> = {
  lanczos: { support: 3, weightAt: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  bicubic: { support: 2, weightAt: cubic },
  bilinear: { support: 1, weightAt: (x) => Math.max(0, 1 - Math.abs(x)) },
  box: { support: 0.5, weightAt: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
};

/**
 * Fixed-point weights of outputs `first .. first + count - 1` along one axis. When shrinking, the kernel is
 * stretched by `inputSize / outputSize` (antialiasing). Sizes are positive integers; the caller has checked them.
 * Equals `precompute_coeffs` and `normalize_coeffs_8bpc` of Pillow's Resample.c.
 */
export function resampleWeights(axis: ResampleAxis, kernel: ResizeKernel): ResampleWeights {
  const { support: baseSupport, weightAt } = KERNELS[kernel];
  const scale = axis.inputSize / axis.outputSize;
  const stretch = Math.max(scale, 1);
  const support = baseSupport * stretch;
  const stride = Math.min(Math.ceil(support) * 2 + 1, axis.inputSize);
  const starts = new Int32Array(axis.count);
  const counts = new Int32Array(axis.count);
  const weights = new Int32Array(axis.count * stride);
  const exact = new Float64Array(stride);
  for (let output = 0; output < axis.count; output++) {
    const center = (axis.first + output + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(axis.inputSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      // Multiplying by the reciprocal, as Pillow does: dividing would round differently.
      const weight = weightAt((tap + start - center + 0.5) * (1 / stretch));
      exact[tap] = weight;
      sum += weight;
    }
    starts[output] = start;
    counts[output] = count;
    for (let tap = 0; tap < count; tap++) {
      weights[output * stride + tap] = fixedPoint(sum === 0 ? 0 : (exact[tap] ?? 0) / sum);
    }
  }
  return { starts, counts, weights, stride };
}

/** Nearest multiple of `2 ** -WEIGHT_BITS`, halves away from zero. */
function fixedPoint(weight: number): number {
  return Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * 2 ** WEIGHT_BITS);
}
