/** The golden check: a backend counts only after a known input gave the known logits. */
import type { Golden } from './card.ts';
import type { LogitGrid, Network } from './network.ts';

/** What a backend did with the golden input. */
export interface GoldenResult {
  passed: boolean;
  /** Largest difference from the stored logits; infinite for a wrong grid or a logit that is not finite. */
  largestDifference: number;
}

/**
 * The card's golden input, interleaved RGB 0..255: floor(127.5 + 90 sin(0.11 x (c+1) + 0.07 y) + 37 sin(1.7 x + 2.3 y + c))
 * clipped; x column, y row, c channel.
 */
export function goldenInput({ input }: Pick<Golden, 'input'>): Float32Array {
  const rgb = new Float32Array(input.widthPx * input.heightPx * 3);
  let index = 0;
  for (let y = 0; y < input.heightPx; y++) {
    for (let x = 0; x < input.widthPx; x++) {
      for (let c = 0; c < 3; c++) {
        const slow = 90 * Math.sin(0.11 * x * (c + 1) + 0.07 * y);
        const fast = 37 * Math.sin(1.7 * x + 2.3 * y + c);
        rgb[index++] = Math.min(255, Math.max(0, Math.floor(127.5 + slow + fast)));
      }
    }
  }
  return rgb;
}

/** Runs the golden input through `network` and compares; rejects when the backend itself fails. */
export async function checkGolden(network: Network, golden: Golden): Promise<GoldenResult> {
  const { heightPx, widthPx } = golden.input;
  return compareGolden(await network.forward(goldenInput(golden), heightPx, widthPx), golden);
}

/** Compares `grid` with the stored logits within absolute + relative * |logit|. */
export function compareGolden(grid: LogitGrid, golden: Golden): GoldenResult {
  const fits = grid.rows === golden.rows && grid.columns === golden.columns;
  if (!fits) return { passed: false, largestDifference: Number.POSITIVE_INFINITY };
  let passed = true;
  let largestDifference = 0;
  for (const [index, expected] of golden.logits.entries()) {
    const difference = Math.abs((grid.logits[index] ?? Number.NaN) - expected);
    const allowed = golden.tolerance.absolute + golden.tolerance.relative * Math.abs(expected);
    if (!(difference <= allowed)) passed = false;
    largestDifference = Math.max(
      largestDifference,
      Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY,
    );
  }
  return { passed, largestDifference };
}
