/** What is done to a picture before it is scored, as text and as data. */
import { RESIZE_KERNELS, type ResizeKernel } from '../image/resize-kernels.ts';
import { failure, type Result, success } from '../result.ts';

/** One step of a chain. */
export type Degradation =
  | { kind: 'none' | 'reencode' | 'screenshot' }
  | { kind: 'flip' }
  /** 1..100. */
  | { kind: 'jpeg'; quality: number }
  | { kind: 'webp'; quality: number }
  /** The middle square of that side; a shorter side of the picture stays. */
  | { kind: 'crop'; sidePx: number }
  | { kind: 'resize'; factor: number; kernel: ResizeKernel }
  /** Standard deviation of the Gaussian in pixels. */
  | { kind: 'blur'; sigmaPx: number }
  /** Standard deviation in 8-bit levels. */
  | { kind: 'noise'; sigma: number }
  | { kind: 'gamma'; exponent: number };

/** A chain of steps under the name that it was asked for by. */
export interface DegradationChain {
  /** As written: `resize:0.5:bilinear+jpeg:90`. */
  name: string;
  steps: Degradation[];
}

/** The pictures as they are. */
export const AS_IS: DegradationChain = { name: 'none', steps: [{ kind: 'none' }] };

/** The forms that `parseChain` reads, for help and messages. */
export const DEGRADATION_FORMS =
  'none, jpeg:Q, webp:Q, crop:SIDE, resize:FACTOR:KERNEL, blur:SIGMA, noise:SIGMA, gamma:G, flip, screenshot, reencode';

/** The chain that `text` names, steps joined by `+`; the failure is one line that names the step. */
export function parseChain(text: string): Result<DegradationChain, string> {
  const steps: Degradation[] = [];
  for (const part of text.split('+')) {
    const step = stepOf(part.split(':'));
    if (step === null) return failure(`"${part}" is no degradation; there are ${DEGRADATION_FORMS}`);
    steps.push(step);
  }
  return success({ name: text, steps });
}

function stepOf([kind = '', first = '', second = '', ...others]: string[]): Degradation | null {
  if (others.length > 0 || (second !== '' && kind !== 'resize')) return null;
  switch (kind) {
    case 'none':
    case 'flip':
    case 'reencode':
    case 'screenshot':
      return first === '' ? { kind } : null;
    case 'jpeg':
    case 'webp':
      return withNumber(first, [1, 100], (quality) => (Number.isInteger(quality) ? { kind, quality } : null));
    case 'crop':
      return withNumber(first, [8, 65_535], (sidePx) => (Number.isInteger(sidePx) ? { kind, sidePx } : null));
    case 'resize':
      return withNumber(first, [0.05, 8], (factor) => resizeBy(factor, second));
    case 'blur':
      return withNumber(first, [0.1, 50], (sigmaPx) => ({ kind, sigmaPx }));
    case 'noise':
      return withNumber(first, [0.1, 128], (sigma) => ({ kind, sigma }));
    case 'gamma':
      return withNumber(first, [0.1, 10], (exponent) => ({ kind, exponent }));
    default:
      return null;
  }
}

function withNumber(
  text: string,
  [least, most]: readonly [number, number],
  build: (value: number) => Degradation | null,
): Degradation | null {
  const value = /^\d{1,6}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? build(value) : null;
}

function resizeBy(factor: number, name: string): Degradation | null {
  const kernel = RESIZE_KERNELS.find((one) => one === name);
  return kernel === undefined ? null : { kind: 'resize', factor, kernel };
}
